from __future__ import annotations

import colorsys
import itertools
from collections.abc import Mapping

import pytest
import theming
from colours import contrast

from mailer.composer.html import theme
from mailer.errors import MailerError, NotFound

LOOKS = {"own": ({}, {}), "warm": theming.WARM, "cool": theming.COOL}
PAIRS = [
    *itertools.product(("ink", "muted", "accent"), ("paper", "panel")),
    *(("muted", "canvas"), ("accent", "canvas"), ("on_mast", "mast"), ("paper", "accent")),
]


def test_the_digest_theme_can_be_read() -> None:
    digest = theming.digest()
    assert digest.name == "digest"
    assert set(theme.TEMPLATES) <= digest.templates.keys()
    assert digest.settings.widths["sheet"] == 600


def test_strings_of_an_unknown_language_are_english() -> None:
    digest = theming.digest()
    assert digest.strings("xx") == digest.strings("en-GB") == digest.strings("en")


def test_a_language_is_completed_from_its_parent_and_english() -> None:
    files = theming.sources()
    files["theme.toml"] += (
        '\n[strings.de]\ncontents = "Inhalt"\nweb = "Im Netz"\n'
        '[strings.de-AT]\nweb = "Im Internet"\n'
    )
    strings = theme.from_sources("digest", files).strings("de-AT")
    assert [strings[key] for key in ("contents", "web", "table")] == [
        "Inhalt",
        "Im Internet",
        "Table",
    ]


def test_a_publication_repaints_the_theme() -> None:
    palette = theming.digest().repainted({"accent": "#123456"}, {})
    assert palette.light["accent"] == "#123456"
    assert palette.dark == theming.digest().settings.dark


def test_an_unknown_colour_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match=r"look\.dark\.acent: .* no such colour: use one of canvas,"):
        theming.digest().repainted({}, {"acent": "#123456"})


FAULTS = [
    ("[light]", "[lihgt]", r"theme\.toml: \[light\] is missing"),
    ("[fonts]", "[more]\n[fonts]", r"theme\.toml: more: unknown table"),
    ("[fonts]", "[fonts", r"theme\.toml: not valid TOML"),
    ('ink = "#e3eaec"', "", r"theme\.toml: dark\.ink is missing"),
    ("#e3eaec", "white", r"theme\.toml: dark\.ink: write a colour as #rrggbb"),
    ("Segoe UI", "Segoe'UI", r"theme\.toml: fonts\.text: write font names"),
    ("sheet = 600", "", r"theme\.toml: widths\.sheet: is missing"),
    ("sheet = 600", "sheet = 601", r"theme\.toml: widths\.sheet: write a number of pixels"),
    ("sheet = 600", "sheet = true", r"theme\.toml: widths\.sheet: write a number of pixels"),
    ("sheet = 600", "sheet = 600\nx = 1", r"theme\.toml: widths\.x: unknown width"),
    ('table = "Table"', "", r"theme\.toml: strings\.en\.table is missing"),
    ('table = "Table"', "table = 1", r"theme\.toml: strings\.en\.table: write a text"),
    ('table = "Table"', 'tabel = "x"', r"theme\.toml: strings\.en\.tabel: unknown string"),
    ("[strings.en]", "[strings]", r"theme\.toml: \[strings\.en\] is missing"),
]


@pytest.mark.parametrize(("old", "new", "message"), FAULTS)
def test_a_fault_of_the_settings_is_one_line(old: str, new: str, message: str) -> None:
    files = theming.sources()
    assert old in files["theme.toml"]
    files["theme.toml"] = files["theme.toml"].replace(old, new, 1)
    with pytest.raises(MailerError, match=message) as caught:
        theme.from_sources("digest", files)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named() -> None:
    files = theming.sources()
    del files["page.html.j2"]
    with pytest.raises(MailerError, match=r"digest/page\.html\.j2: no such file"):
        theme.from_sources("digest", files)


def test_a_missing_macro_is_named() -> None:
    files = theming.sources()
    files["blocks.html.j2"] = files["blocks.html.j2"].replace("macro quotation(", "macro quote(")
    with pytest.raises(MailerError, match=r"digest/blocks\.html\.j2: no macro quotation"):
        theme.from_sources("digest", files)


@pytest.mark.parametrize(
    ("file", "css", "message"),
    [
        ("style.css", "a:hover { color: red }", r"digest/style\.css: `a:hover` cannot be inlined"),
        ("style.css", "p { color: var(--x) }", r"digest/style\.css: var\(--x\): theme\.toml names"),
        ("kept.css", "p { color: var(--x) }", r"digest/kept\.css: var\(--x\): theme\.toml names"),
        ("kept.css", "@import 'x.css';", r"digest/kept\.css: @import would be fetched"),
    ],
)
def test_a_fault_of_a_sheet_names_the_file(file: str, css: str, message: str) -> None:
    files = theming.sources() | {file: css}
    with pytest.raises(MailerError, match=message):
        theme.from_sources("digest", files)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("pair", PAIRS, ids="-on-".join)
def test_colours_can_be_read_also_when_a_client_inverts_them(
    look: str, pair: tuple[str, str]
) -> None:
    """Gmail's apps force dark mode by inversion: contrast stays ≥ 4.5 whichever way they do it."""
    palette = theming.digest().repainted(*LOOKS[look])
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
