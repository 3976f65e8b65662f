"""What a site or a mail program puts around an issue: no part of it.

Some of it is said nowhere else (`All articles`, `5 min read`). Words of menus (`Jobs`, `Search`)
may be headings, too: they are furniture only beside other furniture, or at an end of the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailer.intake.reading.phrases import choice

_SETS = {
    "BETWEEN": r"[\s,/|·•:&]+ \s(?:and|und|or|to|on|via|и)\s",
    "NOUNS": "articles? posts? issues? stories story news editions? newsletters?",
    "SOCIAL": "facebook twitter linkedin reddit telegram whatsapp instagram youtube mastodon"
    " bluesky threads vk pocket flipboard pinterest xing rss x",
    "ACTIONS": "share tweet like follow pin save print comment forward e?mail reply",
    "PAPERS": "privacy policy terms of service use us imprint contact legal notice about cookies?"
    " advertise careers sitemap help jobs conditions datenschutz impressum kontakt agb контакты",
    "MAILS": "e-?mails? newsletters? messages? updates mail nachrichten? письм\\w* рассылк\\w*",
}
_CERTAIN = r"""
    (?:see |view |show |read |browse )?all NOUNS(?: (?:from|by|in|on) <40>)?
    (?:previous|recent|related|latest|older|newer) NOUNS(?: (?:from|by|in|on) <40>)?
    (?:alle|weitere|ähnliche) (?:artikel|beiträge|ausgaben)
    (?:tous les|todos los) art[ií]c(?:le|ulo)s
    (?:все|похожие) (?:статьи|выпуски|новости|записи)|читайте также
    (?:next|previous) NOUNS|(?:nächster?|vorheriger?) (?:beitrag|artikel)<60>
    (?:следующ|предыдущ)\w+ (?:статья|выпуск|запись)
    back to (?:top|home|blog|all<20>|the <30>)|skip to (?:main )?content|zum inhalt springen
    ACTIONS (?:this|it|on|via|us|to)(?: <40>)?
    (?:ACTIONS|SOCIAL|copy link)(?:BETWEEN(?:ACTIONS|SOCIAL|copy link))+
    share|tweet|retweet|copy link|restack|bookmark
    (?:was this )?forwarded (?:this|to you)<60>|enjoyed (?:this|it)<60>
    teilen(?: mit)?|weiterleiten|kommentieren|drucken|(?:auf|bei|in) SOCIAL teilen
    поделиться<40>|комментировать|распечатать|в избранное|partager|imprimer|compartir
    \d[\d.,]*k? (?:likes?|views?|comments?|shares?|claps?|reads?|followers|kommentare?|aufrufe)
    \d[\d.,]*k? (?:просмотр|комментари)\w*
    (?:about |ca\. )?\d{1,3}[- ]?min(?:ute)?[sn]?\.?(?: (?:read|lesezeit|lesedauer))?
    \d{1,3} ?мин(?:ут\w*|\.)?(?: (?:чтения|на чтение))?
    (?:lesezeit|lesedauer|reading time|время (?:на )?(?:про)?чтени[ея]|temps de lecture)\W{1,3}<20>
    (?:subscribe|sign up|sign in|log in)(?: (?:now|free|here|today|to <50>|for <50>))?
    (?:jetzt |newsletter |kostenlos )?abonnieren|подписаться<40>|s'abonner<30>|suscribirse<30>
    (?:click here to )?un-?subscribe<80>|(?:manage|update) (?:your )?(?:preferences|profile)<40>
    manage (?:your )?subscription<40>|(?:newsletter )?(?:abbestellen|abmelden)<60>
    отписаться<60>|se désabonner<40>|darse de baja<40>
    (?:view|read|open|see) <30>(?:in|on) (?:your |the |a )?(?:browser|web|app|substack|website)
    (?:view|read|open) <30>online|im browser (?:ansehen|öffnen|lesen)|online (?:ansehen|lesen)
    открыть в браузере|читать (?:на сайте|онлайн)|voir dans le navigateur|ver en <10>navegador
    (?:accept|reject|decline|allow|agree)(?: (?:all|cookies|and close|all cookies|selected))+
    got it|cookie (?:settings|preferences|policy)|only necessary(?: cookies)?
    alle (?:akzeptieren|ablehnen)|nur notwendige(?: cookies)?|принять все
    (?:©|\(c\)|copyright) <90>|all rights reserved<40>|alle rechte vorbehalten<40>
    все права защищены<40>|our mailing address is\W<120>|powered by <40>|published (?:with|by) <40>
    sent (?:by|with|to you by) <40>|(?:get|download) the app|start writing|open in app
    (?:filed under|tagged(?: with)?|posted in|tags?|categories) ?:<80>
    (?:schlagwörter|kategorien?|теги|метки|рубрики?) ?:<80>
    you (?:might|may) also (?:like|enjoy|be interested<30>)|recommended for you|more like this
    read next|up next|related (?:NOUNS|reading)|das könnte (?:sie|dich|euch) auch interessieren
    (?:leave|write|add) a (?:comment|reply)|discussion about this post|no comments(?: yet)?
    play audio|listen to this (?:post|article)
    PAPERS(?:BETWEENPAPERS)+|(?:privacy|cookie) policy|terms of (?:use|service)
"""
_MENU = """
    home|menu|search|navigation|close|skip|login|register|join|support|archive|newsletter|blog|back
    startseite|suche|menü|über uns|главная|поиск|меню|о нас|реклама
    ACTIONS|SOCIAL|PAPERS|comments?|kommentare?|комментарии|нравится|сохранить|listen
    next|previous|older|newer|more NOUNS|related|recommended|recent|latest|loading|please wait
    accept|reject|decline|ok(?:ay)?|akzeptieren|ablehnen|принять|отклонить
    advertisement|anzeige|werbung
"""
_COOKIES = r"""
    \b(?:we|(?:web)?site|wir|(?:web)?seite|мы|сайт|nous|sitio) (?:\w+ )?USES\b<60>\bCOOKIES\b
    \bby (?:continuing|using)<80>\bCOOKIES\b
"""
_COOKIE_SETS = {
    "USES": "uses? set store place verwende\\w* nutz\\w* setz\\w* использу\\w+ utilis\\w+ utiliza",
    "COOKIES": "cookies? cookie-файл\\w* куки",
}
_AROUND = r"""
    \byou(?:'|’| a)re (?:receiving|getting) this\b|\byou received this MAILS
    \b(?:wish|want) to (?:receive|get) (?:these|this|our|such|more) MAILS
    \b(?:sie erhalten|du erhältst) diese MAILS|\bвы получили это MAILS
    \b(?:to|can) unsubscribe\b<40>\b(?:here|time|link|click|list)\b|\bunsubscribe here\b
    ^(?:can(?:'|’)t see|having trouble (?:viewing|reading)|trouble viewing)\b
    ^wird diese <20>nicht (?:richtig|korrekt)
"""
_LONGEST = 60  # words of a notice

_ALONE = re.compile(rf"\W*{choice(_CERTAIN, **_SETS)}\W*", re.IGNORECASE)
_OF_A_MENU = re.compile(rf"\W*{choice(_MENU, **_SETS)}\W*", re.IGNORECASE)
_NOTICE = re.compile(
    f"{choice(_COOKIES, **_COOKIE_SETS)}|{choice(_AROUND, **_SETS)}", re.IGNORECASE
)


def furniture(texts: Sequence[str]) -> set[int]:
    """Which of some texts, in the order of the page, are furniture."""
    found = {place for place, text in enumerate(texts) if is_furniture(text)}
    possible = {place for place, text in enumerate(texts) if _OF_A_MENU.fullmatch(_line(text))}
    places = range(len(texts))
    for order, above, end in ((places, -1, -1), (reversed(places), 1, len(texts))):
        for place in order:
            if place in possible and (place + above == end or place + above in found):
                found.add(place)
    return found


def is_furniture(text: str) -> bool:
    """Whether it is that wherever it stands."""
    line = _line(text)
    if not line or len(line.split()) > _LONGEST:
        return False
    return bool(_ALONE.fullmatch(line) or _NOTICE.search(line))


def _line(text: str) -> str:
    return " ".join(text.split())
