from __future__ import annotations

import colorsys
import itertools
import re
from collections.abc import Mapping

import pytest
import theming
from colours import contrast

from mailer.composer.html import theme
from mailer.composer.html.layer import Layer
from mailer.composer.html.settings import STRINGS
from mailer.composer.parsing.linkline import LEAD_WORDS
from mailer.errors import MailerError, NotFound

DIGEST = theming.layer("digest")
BASE = theming.layer("_base")
LOOKS = {"own": ({}, {}), "warm": theming.WARM, "cool": theming.COOL}
PAIRS = [
    *itertools.product(("ink", "muted", "accent", "good", "bad", "name"), ("paper", "panel")),
    *(("muted", "canvas"), ("accent", "canvas"), ("on_mast", "mast"), ("paper", "accent")),
]


def test_the_digest_theme_can_be_read() -> None:
    digest = theming.digest()
    assert digest.name == "digest"
    assert digest.template("page.html.j2") == "_base/page.html.j2"
    assert digest.stacked(theme.BLOCKS) == ["_base/blocks.html.j2", "digest/blocks.html.j2"]
    assert digest.settings.widths["sheet"] == 600


def test_strings_of_an_unknown_language_are_english() -> None:
    digest = theming.digest()
    assert digest.strings("xx") == digest.strings("en-GB") == digest.strings("en")


def test_a_language_is_completed_from_its_parent_and_english() -> None:
    own = '[strings.eo]\ncontents = "Enhavo"\nweb = "En la reto"\n[strings.eo-x]\nweb = "Rete"\n'
    strings = theming.over("digest", theme_toml=own).strings("eo-x")
    found = [strings[key] for key in ("contents", "web", "table")]
    assert found == ["Enhavo", "Rete", "Table"]


def test_a_publications_strings_win_over_the_theme_in_their_language_alone() -> None:
    own = {"en": {"contents": "Today"}, "de": {"web": "Im Netz"}}
    digest = theming.digest()
    assert digest.strings("en-GB", own)["contents"] == "Today"
    german = digest.strings("de-AT", own)
    assert (german["contents"], german["web"]) == ("In dieser Ausgabe", "Im Netz")


def test_an_unknown_string_of_a_publication_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match=r"look\.strings\.en\.tabel: .* use one of all_issues, "):
        theming.digest().strings("de", {"en": {"tabel": "x"}})


@pytest.mark.parametrize("lang", ["en", "de", "fr", "es", "ru", "ar", "zh"])
def test_every_language_has_every_string(lang: str) -> None:
    """With the same places to fill as in English, and words of its own."""
    strings = theming.digest().settings.strings
    assert strings[lang].keys() == STRINGS
    for name, text in strings[lang].items():
        here, there = (re.findall(r"\{\w+\}", each) for each in (text, strings["en"][name]))
        assert sorted(here) == sorted(there)
    if lang != "en":
        assert sum(text == strings["en"][name] for name, text in strings[lang].items()) <= 4


@pytest.mark.parametrize("lang", LEAD_WORDS)
def test_the_word_before_links_is_one_that_begins_a_link_line(lang: str) -> None:
    """What an editor copies out of an issue is read as it was written."""
    assert theming.digest().strings(lang)["availability"] in LEAD_WORDS[lang]


def test_a_publication_repaints_the_theme() -> None:
    palette = theming.digest().repainted({"accent": "#123456"}, {})
    assert palette.light["accent"] == "#123456"
    assert palette.dark == theming.digest().settings.dark


def test_an_unknown_colour_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match=r"look\.dark\.acent: .* no such colour: use one of canvas,"):
        theming.digest().repainted({}, {"acent": "#123456"})


FAULTS = [
    ("[light]", "[lihgt]", r"theme\.toml: lihgt: unknown table: use light, dark,"),
    ("[light]", "light = 1\n[x]", r"theme\.toml: light: unknown table"),
    ("[fonts]", "[more]\n[fonts]", r"theme\.toml: more: unknown table"),
    ("[fonts]", "[fonts", r"theme\.toml:\d+: not valid TOML: a closing bracket"),
    ('ink = "#e3eaec"', "", r"theme\.toml: dark\.ink is missing"),
    ("#e3eaec", "white", r"theme\.toml: dark\.ink: write a colour as #rrggbb"),
    ("Segoe UI", "Segoe'UI", r"theme\.toml: fonts\.text: write font names"),
    ("sheet = 600", "", r"theme\.toml: widths\.sheet is missing"),
    ("sheet = 600", "sheet = 601", r"theme\.toml: widths\.sheet: write a number of pixels"),
    ("sheet = 600", "sheet = true", r"theme\.toml: widths\.sheet: write a number of pixels"),
    ("sheet = 600", "sheet = 600\nx = 1", r"theme\.toml: widths\.x: unknown width"),
    ('table = "Table"', "", r"theme\.toml: strings\.en\.table is missing"),
    ('table = "Table"', "table = 1", r"theme\.toml: strings\.en\.table: write a text"),
    ('table = "Table"', 'tabel = "x"', r"theme\.toml: strings\.en\.tabel: unknown string"),
    ("[strings.en]", "[strings]", r"theme\.toml: strings\.number: write strings below their lang"),
]


def _settings() -> str:
    """The settings of `digest` and its base as one file."""
    return DIGEST.files["theme.toml"] + BASE.files["theme.toml"]


@pytest.mark.parametrize(("old", "new", "message"), FAULTS)
def test_a_fault_of_the_settings_is_one_line(old: str, new: str, message: str) -> None:
    whole = Layer("x", {**BASE.files, "theme.toml": _settings().replace(old, new, 1)})
    assert old in _settings()
    with pytest.raises(MailerError, match=message) as caught:
        theme.from_layers("digest", whole)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named() -> None:
    base = {name: text for name, text in BASE.files.items() if name != "page.html.j2"}
    with pytest.raises(MailerError, match=r"digest/page\.html\.j2: no such file"):
        theme.from_layers("digest", Layer("_base", base), DIGEST)


def test_a_missing_macro_is_named() -> None:
    base = theming.altered("_base", "blocks.html.j2", "macro quotation(", "macro quote(")
    with pytest.raises(MailerError, match=r"digest/blocks\.html\.j2: no macro quotation"):
        theme.from_layers("digest", base, DIGEST)


@pytest.mark.parametrize(
    ("file", "css", "message"),
    [
        (
            "style.css",
            "a:hover { color: red }",
            r"themes/digest/style\.css: `a:hover` cannot be inlined",
        ),
        (
            "style.css",
            "p { color: var(--x) }",
            r"themes/digest/style\.css: var\(--x\): theme\.toml names",
        ),
        (
            "kept.css",
            "p { color: var(--x) }",
            r"themes/digest/kept\.css: var\(--x\): theme\.toml names",
        ),
        ("kept.css", "@import 'x.css';", r"themes/digest/kept\.css: @import would be fetched"),
    ],
)
def test_a_fault_of_a_sheet_names_the_file(file: str, css: str, message: str) -> None:
    with pytest.raises(MailerError, match=message):
        theme.from_layers("digest", BASE, DIGEST, Layer("themes/digest", {file: css}))


@pytest.mark.parametrize("name", theming.THEMES)
def test_every_theme_has_the_colours_that_a_publication_may_repaint(name: str) -> None:
    """An issue may name another theme than its publication: the look must fit that one too."""
    known = theming.digest().settings.light.keys()
    assert theming.theme_named(name).settings.light.keys() == known


@pytest.mark.parametrize("name", theming.THEMES)
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("pair", PAIRS, ids="-on-".join)
def test_colours_can_be_read_also_when_a_client_inverts_them(
    name: str, look: str, pair: tuple[str, str]
) -> None:
    """Gmail's apps force dark mode by inversion: contrast stays ≥ 4.5 whichever way they do it."""
    palette = theming.theme_named(name).repainted(*LOOKS[look])
    for colours in (palette.light, palette.dark):
        text, behind = (_rgb(colours, name) for name in pair)
        assert contrast(text, behind) >= 4.5
        assert contrast(_negative(text), _negative(behind)) >= 4.5
        assert contrast(_flipped(text), _flipped(behind)) >= 4.5


Rgb = tuple[float, float, float]


def _rgb(colours: Mapping[str, str], name: str) -> Rgb:
    red, green, blue = bytes.fromhex(colours[name][1:])
    return red, green, blue


def _negative(colour: Rgb) -> Rgb:
    return 255 - colour[0], 255 - colour[1], 255 - colour[2]


def _flipped(colour: Rgb) -> Rgb:
    """Light for dark, with the same hue."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(value / 255 for value in colour))
    red, green, blue = colorsys.hls_to_rgb(hue, 1 - lightness, saturation)
    return red * 255, green * 255, blue * 255
