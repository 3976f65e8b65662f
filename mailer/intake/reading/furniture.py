"""What a site or a mail program puts around an issue: no part of it.

Some of it is said nowhere else (`All articles`, `5 min read`). Words of menus (`Jobs`, `Search`) may
be headings, too: they are furniture only beside other furniture, or at an end of the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_BETWEEN = r"(?:[\s,/|·•:&]+|\s(?:and|und|or|to|on|via|и)\s)"
_SOCIAL = (
    "facebook twitter linkedin reddit telegram whatsapp instagram youtube mastodon bluesky threads vk "
    "pocket flipboard pinterest xing rss x"
)
_NOUNS = "articles? posts? issues? stories story news editions? newsletters?"
# Each stands alone on its line; `<…>` is up to so many characters of anything.
_CERTAIN = """
(?:see |view |show |read |browse )?all (?:NOUNS)(?: (?:from|by|in|on) <40>)?
(?:previous|recent|related|latest|older|newer) (?:NOUNS)(?: (?:from|by|in|on) <40>)?
(?:alle|tous les|todos los|все) (?:artikel|beiträge|ausgaben|articles|artículos|статьи|выпуски|новости|записи)
(?:next|previous|nächster?|vorheriger?|следующ..|предыдущ..) (?:post|article|issue|beitrag|artikel|статья|выпуск|запись)
back to (?:top|home|blog|all<20>|the <30>)
skip to (?:main )?content
(?:share|tweet|like|follow|pin|save|print|comment|forward) (?:this|it|on|via|us|to)(?: <40>)?
(?:share|tweet|pin|e?mail|print|copy link|SOCIAL)(?:BETWEEN(?:share|tweet|pin|e?mail|print|copy link|save|like|follow|SOCIAL))+
share|tweet|retweet|copy link|reply|restack|bookmark
enjoyed (?:this|it)<60>|forwarded this<60>|(?:was this )?forwarded to you<60>
teilen|weiterleiten|kommentieren|drucken|поделиться<40>|комментировать|распечатать|в избранное|partager|imprimer|compartir
(?:auf|bei|in) (?:SOCIAL) teilen
(?:\\d[\\d.,]*k? )(?:likes?|views?|comments?|shares?|claps?|reads?|followers|kommentare?|aufrufe|просмотр\\w*|комментари\\w*)
(?:about |ca\\. )?\\d{1,3}(?:[- ]min(?:ute)?s?\\.? (?:read|lesezeit|lesedauer)|\\s?min|\\s?minuten lesezeit|\\s?мин(?:ут\\w*|\\.)? (?:чтения|на чтение))
(?:lesezeit|lesedauer|reading time|время чтения|temps de lecture)\\W{1,3}<20>
(?:subscribe|sign up|sign in|log in)(?: (?:now|free|here|today|to <50>|for <50>))?
(?:jetzt |newsletter |kostenlos )?abonnieren|подписаться<40>|s'abonner<30>|suscribirse<30>
(?:click here to )?un-?subscribe<80>|manage (?:your )?(?:preferences|subscription)<40>|update (?:your )?(?:preferences|profile)<40>
(?:newsletter )?(?:abbestellen|abmelden)<60>|отписаться<60>|se désabonner<40>|darse de baja<40>
(?:view|read|open|see) (?:this |it |the )?(?:(?:e-?mail|message|newsletter|issue|version|post|online) )?(?:(?:in|on) (?:your |the |a )?(?:browser|web|app|substack|website)|online)
im browser (?:ansehen|öffnen|lesen)|online (?:ansehen|lesen)|открыть в браузере|читать (?:на сайте|онлайн)|voir dans le navigateur|ver en (?:el )?navegador
(?:accept|reject|decline|allow|agree)(?: (?:all|cookies|and close|all cookies|selected))+|got it|cookie (?:settings|preferences|policy)
alle (?:akzeptieren|ablehnen)|принять все|only necessary(?: cookies)?|nur notwendige(?: cookies)?
(?:©|\\(c\\)|copyright) <90>|all rights reserved<40>|alle rechte vorbehalten<40>|все права защищены<40>
our mailing address is\\W<120>|powered by <40>|published (?:with|by) <40>|sent (?:by|with|to you by) <40>|get the app|download the app|start writing
(?:filed under|tagged(?: with)?|posted in|schlagwörter|kategorien?|tags?|categories|теги|метки|рубрики?)\\s?:<80>
you (?:might|may) also (?:like|enjoy|be interested<30>)|recommended for you|read next|up next|more like this|related (?:NOUNS|reading)
das könnte (?:sie|dich|euch) auch interessieren|ähnliche (?:artikel|beiträge)|weitere (?:artikel|beiträge)|читайте также|похожие (?:статьи|записи)
leave a (?:comment|reply)|write a comment|add a comment|discussion about this post|no comments(?: yet)?|play audio|listen to this (?:post|article)
(?:privacy|terms|imprint|contact|legal|about|cookies?|datenschutz|impressum|kontakt|agb|контакты)(?:BETWEEN(?:policy|of|service|use|us|terms|privacy|imprint|contact|legal|notice|about|advertise|careers|sitemap|help|jobs|conditions|datenschutz|impressum|kontakt|cookies?|agb|контакты))+
"""
_MENU = """
home|menu|search|navigation|close|skip|login|register|join|help|support|jobs|careers|sitemap|archive|newsletter|blog
about|contact|privacy|terms|imprint|legal|advertise|datenschutz|impressum|kontakt|agb|контакты|реклама|о нас|поиск|меню|главная
like|save|follow|print|e?mail|comments?|kommentare?|комментарии|нравится|сохранить|listen|next|previous|older|newer|back|SOCIAL
accept|reject|decline|ok(?:ay)?|akzeptieren|ablehnen|принять|отклонить|more (?:NOUNS)|related|recommended|recent|latest
advertisement|anzeige|реклама|werbung|loading|please wait|suche|menü|startseite|über uns
"""
_COOKIES = re.compile(
    r"\b(?:we|site|website|wir|webseite|website|seite|мы|сайт|nous|sitio)\s+(?:\w+\s+)?"
    r"(?:uses?|set|store|place|verwende\w*|nutz\w*|setz\w*|использу\w+|utilis\w+|utiliza)\b"
    r".{0,60}\b(?:cookies?|cookie-файл\w*|куки)\b|\bby (?:continuing|using).{0,80}\bcookies?\b",
    re.IGNORECASE,
)
_MAILS = r"(?:e-?mails?|newsletters?|messages?|updates|mail|nachrichten?|письм\w*|рассылк\w*)"
_AROUND = re.compile(
    rf"\byou(?:'|’| a)re (?:receiving|getting) this\b|\byou received this {_MAILS}"
    rf"|\b(?:wish|want) to (?:receive|get) (?:these|this|our|such|more) {_MAILS}"
    rf"|\bsie erhalten diese {_MAILS}|\bdu erhältst diese {_MAILS}|\bвы получили это {_MAILS}"
    r"|\b(?:to|can) unsubscribe\b.{0,40}\b(?:here|time|link|click|list)\b|\bunsubscribe here\b"
    r"|^(?:can(?:'|’)t see|having trouble (?:viewing|reading)|trouble viewing)\b"
    r"|^wird diese .{0,20}nicht (?:richtig|korrekt)",
    re.IGNORECASE,
)
_LONGEST = 60  # words of a notice


def _pattern(lines: str) -> re.Pattern[str]:
    text = "|".join(line for line in lines.splitlines() if line)
    text = text.replace("NOUNS", _NOUNS.replace(" ", "|")).replace("BETWEEN", _BETWEEN)
    text = text.replace("SOCIAL", _SOCIAL.replace(" ", "|"))
    text = re.sub(r"<(\d+)>", r".{0,\1}", text)
    return re.compile(rf"\W*(?:{text})\W*", re.IGNORECASE)


_ALONE, _OF_A_MENU = _pattern(_CERTAIN), _pattern(_MENU)


def furniture(texts: Sequence[str]) -> set[int]:
    """Which of some texts, in the order of the page, are furniture."""
    found = {index for index, text in enumerate(texts) if is_furniture(text)}
    possible = {index for index, text in enumerate(texts) if _OF_A_MENU.fullmatch(_line(text))}
    for step, ends in ((1, -1), (-1, len(texts))):
        order = range(len(texts)) if step > 0 else range(len(texts) - 1, -1, -1)
        for index in order:
            beside = index - step
            if index in possible and (beside == ends or beside in found):
                found.add(index)
    return found


def is_furniture(text: str) -> bool:
    """Whether it is that wherever it stands."""
    line = _line(text)
    if not line or len(line.split()) > _LONGEST:
        return False
    return bool(_ALONE.fullmatch(line) or _COOKIES.search(line) or _AROUND.search(line))


def _line(text: str) -> str:
    return " ".join(text.split())
