"""How a passage looks by itself: as a title, as a sentence, as a caption."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from mailer.intake.reading.phrases import choice

_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_PICTOGRAPH = re.compile(
    "[\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"
)
_STARTS_WITH_PICTOGRAPH = re.compile(rf"\W{{0,2}}(?:{_PICTOGRAPH.pattern})")
_SCRIPT_WITHOUT_BLANKS = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_CLOSING = "\"'”’»“)]*_"
_STOPS = ".…。।։؟؛;,，、；"
_QUESTION, _CALL, _COLON = "?？؟", "!！", ":："
_ABBREVIATION = re.compile(
    r"\b(?:Inc|Ltd|Co|Corp|Jr|Sr|al|etc|vs|No|Nr|St|Dr|v\d|[A-Z](?:\.[A-Z])+)\.\Z"
)
_INNER_STOP = re.compile(
    r"(?<![A-Z])[.!?。！？](?:[\"'”’»)\]]*)\s+(?=[\"'“„«(\[]?\w)|[。！？](?=\w)"
)
_SMALL_WORDS = """
    a an and as at but by for from in into is its nor of off on onto or over per s the
    to up via vs with without your our their this that are be not
"""
_SMALL = frozenset(_SMALL_WORDS.split())
_VERB_WORDS = """
    is are was were be been has have had will would can could may might must should do
    does did takes took makes made works worked gets got needs said says ist sind war
    waren hat haben hatte wird werden kann können muss müssen soll est sont était ont
    avait es son fue был была было были есть может могут будет является
"""
_VERBS = frozenset(_VERB_WORDS.split())
_LONGEST = 16  # words of a title; most have 8 at most
_LONGEST_CHARACTERS = 120
_KINDS = r"""
    images?|photos?|pictures?|figure|fig\.?|screenshot|illustration|gif|chart|diagram|graph|caption
    sources?|credits?|table|left|right|above|below|top|bottom
    bild|foto|abbildung|abb\.?|grafik|quelle|tabelle|links|rechts|oben|unten
    légende|crédit|imagen|fuente|figura
    рис\.?|рисунок|фото|изображение|иллюстрация|источник|скриншот|таблица|график|слева|справа
"""
_SHOWN = """
    example|illustration|overview|comparison|screenshot|picture|photo|photograph|image|diagram|chart
    visuali[sz]ation|beispiel|übersicht|vergleich|bild|foto
"""
_SHOWN_ALONE = """
    examples?|samples?|comparison|illustration|visuali[sz]ation|architecture|overview|screenshots?
    results|scene|still|excerpt|detail|beispiele?|vergleich|übersicht|szene|ausschnitt
    пример[ы]?|сравнение|схема|архитектура|результаты?|кадр|сцена|фрагмент
"""
_SHOWN_IN_RUSSIAN = "примеры?|результаты?|сравнение|скриншот|кадры?|фрагмент"  # a case, no word
_OF = "of|from|for|by|with|in|showing|courtesy|via|von|aus|mit|der|des|für|de|из|с|на|автора"
_CAPTION = re.compile(
    rf"""\(?(?:{choice(_KINDS)}\s*(?:\d+\s*)?[:.–—]|{choice(_KINDS)}\s*\d+\b
    |(?:an?|the|some|two|three|several|ein|eine|der|die|das|une?)\s{choice(_SHOWN)}s?\s(?:{_OF})\b
    |{choice(_SHOWN_ALONE)}\s(?:{_OF})\b|{choice(_SHOWN_IN_RUSSIAN)}\s\w|(?:image|photo|foto|bild|фото)s?\s(?:{_OF})\b|©|\(c\))""",
    re.VERBOSE | re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"(?:an?|the|some|two|three|four|five|ein|eine|einer|zwei|drei|der|die|das|une?|des|les?|la|los|las"
    r"|el|unos?)\s+[^\W\d_]",
    re.IGNORECASE,
)
_QUOTATION = re.compile(r"[\"“„«‘'].*[\"”“»’'][.!?…]?\Z")
_ATTRIBUTION = re.compile(r"(?:—|–|--|-|~)\s*\S")
_BYLINE = re.compile(
    r"(?:by|written by|posted by|edited by|author:|authors:|von|redaktion:|par|por|автор:|авторы:"
    r"|редактор:|текст:)\s+[^\W\d_]",
    re.IGNORECASE,
)
_NAMES = """
    news|research|papers?|tools?|tooling|librar(?:y|ies)|models?|datasets?|data|events?|jobs
    courses?|tutorials?|videos?|podcasts?|books?|talks?|reading|reads?|reading list|links?|bits|hits
    notes|brief|code|software|hardware|industry|business|policy|ethics|safety|community|funding
    applications?|products?|projects?|releases?|resources?|frameworks?|benchmarks?|demos?|startups?
    announcements?|opinions?|interviews?|robotics|vision|speech|audio|language|computer vision
    natural language(?: processing)?|reinforcement learning|open[ -]source|misc(?:ellaneous)?|varia
    in (?:short|brief|production|practice|the lab)
    nachrichten|forschung|werkzeuge?|modelle|datensätze|daten|veranstaltungen|termine|kurse|bücher
    lesestoff|kurzmeldungen|kurz notiert|kurz und knapp|aus der (?:forschung|praxis|industrie)
    wirtschaft|politik|anwendungen|projekte|sprache|bilder|robotik
    новости|исследования|статьи|инструменты|библиотеки|модели|данные|датасеты|мероприятия|курсы
    книги|видео|подкасты|коротко|проекты|релизы|индустрия|бизнес|сообщество|приложения
    открытый код|что почитать|полезное|разное
"""
_BEFORE = """the in our more other new open quick short selected upcoming latest top kurz weitere
    neue[sn]? новые другие"""
_AFTER = r"(?: (?:&|and|und|и|of|for|from|in|der|des|für|aus) [\w -]{1,25})?"
_GROUPS = re.compile(
    rf"\W*(?:\d+\W+)?(?:{choice('BEFORE', BEFORE=_BEFORE)} )*{choice(_NAMES)}{_AFTER}\W*",
    re.IGNORECASE,
)
_GREETINGS = """
    dear|hello|hi|hey|greetings|welcome|good (?:morning|evening|day)
    liebe[rsn]?|hallo|guten (?:tag|morgen)|moin|servus|sehr geehrte
    bonjour|salut|chers?|chère|hola|estimad[oa]s?|querid[oa]s?
    привет|здравствуйте|дорогие|добрый (?:день|вечер)|друзья
"""
_SALUTATION = re.compile(rf"{choice(_GREETINGS)}\b", re.IGNORECASE)
_CODE_LIKE = re.compile(
    r"^(?:pip3?|conda|npm|npx|git|docker|curl|wget|apt|brew|cargo|sudo|python3?|import|from|def|\$|>>>)\s"
    r"|\w\(\)|=>|->|::|==|\w\s=\s\w|^[\w./-]+\.(?:py|js|md|json|txt|yml|yaml)\Z|[{};]\s*\Z"
)


class Ending(Enum):
    NONE = auto()  # as a title ends
    STOP = auto()
    QUESTION = auto()
    CALL = auto()
    COLON = auto()


@dataclass(frozen=True)
class Shape:
    text: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(_WORD.findall(self.text))

    @cached_property
    def length(self) -> int:
        """In words; two signs of a script without blanks count as one."""
        signs = len(_SCRIPT_WITHOUT_BLANKS.findall(self.text))
        return len(self.words) + signs // 2

    @cached_property
    def ending(self) -> Ending:
        last = self.text.rstrip(_CLOSING + " ")[-1:]
        if last in _QUESTION and last:
            return Ending.QUESTION
        if last in _CALL and last:
            return Ending.CALL
        if last in _COLON and last:
            return Ending.COLON
        if last in _STOPS and last and not _ABBREVIATION.search(self.text):
            return Ending.STOP
        return Ending.NONE

    @cached_property
    def is_short(self) -> bool:
        """Whether it is no longer than titles are."""
        return 0 < self.length <= _LONGEST and len(self.text) <= _LONGEST_CHARACTERS

    @cached_property
    def has_sentences(self) -> bool:
        """Whether one ends inside it."""
        return bool(_INNER_STOP.search(self.text))

    @cached_property
    def pictograph(self) -> bool:
        """Whether it begins with an emoji or a like sign."""
        return bool(_STARTS_WITH_PICTOGRAPH.match(self.text))

    @cached_property
    def is_upper(self) -> bool:
        """Whether all is in capitals: one word of four letters at least."""
        letters = [letter for letter in self.text if letter.isalpha()]
        return (
            len(letters) > 3
            and all(not letter.islower() for letter in letters)
            and any(letter.isupper() for letter in letters)
            and any(len(word) > 3 and word.isalpha() for word in self.words)
        )

    @cached_property
    def is_title_case(self) -> bool:
        """Whether Its Words Begin as in an English Title: two at least, small words aside."""
        big = [word for word in self.words if word.lower() not in _SMALL]
        capital = [word for word in big if not word[0].islower()]
        return len(big) >= 2 and len(capital) == len(big)

    @cached_property
    def starts_small(self) -> bool:
        """Whether it begins in the midst of a sentence: `ruGPT3` and `wav2vec` do not."""
        first = self.words[0] if self.words else ""
        return first.isalpha() and first.islower() and self.text[:1].islower()

    @cached_property
    def is_caption(self) -> bool:
        if _CAPTION.match(self.text):
            return True
        later = self.words[1:]
        plain = all(word.islower() or not word[0].isalpha() for word in later)
        return bool(_ARTICLE.match(self.text)) and len(later) >= 7 and plain

    @cached_property
    def has_name(self) -> bool:
        """Whether a later word begins as names do: `Maxine`."""
        return any(word[0].isupper() for word in self.words[1:])

    @cached_property
    def has_strange_name(self) -> bool:
        """Whether a word is written as only names are: `GPT-3`, `NVIDIA`, `ruGPT3`."""
        return any(
            any(letter.isupper() for letter in word[1:])
            or (any(map(str.isdigit, word)) and not word.isdecimal())
            for word in self.words
        )

    @property
    def has_article(self) -> bool:
        return bool(_ARTICLE.match(self.text))

    @cached_property
    def is_statement(self) -> bool:
        """Whether it has a verb that says what is so."""
        return any(word.lower() in _VERBS for word in self.words[1:])

    @cached_property
    def names_a_group(self) -> bool:
        """Whether it is called as sections are: `Research`, `In brief`."""
        return bool(_GROUPS.fullmatch(self.text))

    @cached_property
    def is_quotation(self) -> bool:
        return bool(_QUOTATION.fullmatch(self.text))

    @cached_property
    def is_attribution(self) -> bool:
        """Whether it names who said or wrote something."""
        return bool(_ATTRIBUTION.match(self.text) or _BYLINE.match(self.text))

    @cached_property
    def is_salutation(self) -> bool:
        return bool(_SALUTATION.match(self.text))

    @cached_property
    def is_code(self) -> bool:
        return bool(_CODE_LIKE.search(self.text))
