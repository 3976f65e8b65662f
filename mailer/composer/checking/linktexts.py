"""The texts of links: a screen reader lists them without what stands around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from mailer.composer.checking.context import CheckContext
from mailer.composer.checking.stretches import stretches
from mailer.composer.report import Report
from mailer.composer.tree import inlines_in, plain
from mailer.model.content import Hyperlink
from mailer.model.issue import Issue

# What says nothing of a target, in the languages of the themes; a comma ends each.
_TEXTS: Mapping[str, str] = {
    "en": """
        here, click here, click, tap here, see here, this, this link, this page, this one, link,
        the link, more, read more, learn more, see more, find out more, more info, details,
        continue, continue reading, read on, go, url""",
    "de": """
        hier, hier klicken, klicken sie hier, klick hier, klick, dieser link, dies, diese seite,
        link, mehr, mehr lesen, mehr erfahren, mehr dazu, weiterlesen, weiter, weitere infos,
        details, siehe hier""",
    "fr": """
        ici, cliquez ici, cliquer ici, clic ici, lien, ce lien, le lien, cette page, plus,
        en savoir plus, lire plus, lire la suite, la suite, voir plus, voir ici, détails""",
    "es": """
        aquí, haz clic aquí, haga clic aquí, clic aquí, pulse aquí, enlace, este enlace,
        el enlace, esta página, más, leer más, ver más, saber más, más información,
        seguir leyendo, detalles""",
    "ru": """
        здесь, тут, сюда, нажмите здесь, нажмите сюда, ссылка, по ссылке, эта ссылка,
        по этой ссылке, эта страница, это, подробнее, ещё, еще, далее, читать далее,
        читать дальше, узнать больше, подробности""",
    "ar": """
        هنا, اضغط هنا, انقر هنا, من هنا, رابط, الرابط, هذا الرابط, هذا, هذه الصفحة, المزيد,
        اقرأ المزيد, اعرف المزيد, تابع القراءة, التفاصيل""",
    "zh": """
        这里, 此处, 点击这里, 点击此处, 点这里, 点此, 链接, 此链接, 这个链接, 更多, 阅读更多,
        了解更多, 查看更多, 阅读全文, 详情, 查看详情, 這裡, 此處, 點擊這裡, 點此, 連結, 閱讀更多""",
}
_FALLBACK = "en"
_AROUND = " .:;,!?…()[]<>«»‹›\"'„“”‘’→⇒➔▶►»>-–—。，：！？、（）「」"


def check(issue: Issue, context: CheckContext, report: Report) -> None:
    empty = _saying_nothing(issue.lang.partition("-")[0])
    for item in issue.items():
        _check_same(((link.label, link.url.text, link.line) for link in item.links), report)
    for stretch in stretches(issue):
        links = [
            (plain(link.children), link.url.text, link.line)
            for link in inlines_in(stretch.blocks)
            if isinstance(link, Hyperlink)
        ]
        _check_same(links, report)
        for text, _, line in links:
            if _folded(text) in empty:
                message = f"{text!r} does not say where the link leads"
                mend = "link the words that name what is there"
                report.add("link-text", line, message, mend)


def _check_same(links: Iterable[tuple[str, str, int]], report: Report) -> None:
    """Text, target and line of each."""
    seen: dict[str, str] = {}
    for text, target, line in links:
        first = seen.setdefault(_folded(text), target)
        if text and target and first != target:
            message = f"{text!r} leads to {first} and to {target}"
            report.add("link-text-same", line, message, "give the two different texts")


def _folded(text: str) -> str:
    return " ".join(text.casefold().split()).strip(_AROUND)


@cache
def _saying_nothing(lang: str) -> frozenset[str]:
    """In the language, and in English, which slips into every other."""
    known = ",".join(_TEXTS[each] for each in {lang, _FALLBACK} & _TEXTS.keys())
    return frozenset(_folded(text) for text in known.split(","))
