"""What a webmail's sanitiser leaves of a message: Roundcube's own, as Debian ships it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import editions
import pytest
import theming
from lxml import html as lxml_html  # type: ignore[import-untyped]  # it ships no types
from scoring import visible

pytestmark = pytest.mark.roundcube

ROOT = Path(__file__).parents[2]
CLASSES = "usr/share/roundcube/program/lib/Roundcube"
SCRIPT = Path(__file__).parent / "roundcube.php"


def washed(html: str) -> str:
    installed = [base / CLASSES for base in (Path("/"), ROOT / ".roundcube")]
    folder = next((path for path in installed if path.exists()), None)
    if folder is None:
        pytest.fail("Roundcube's classes are missing: run `make setup`", pytrace=False)
    command = ["php", str(SCRIPT), str(folder)]
    done = subprocess.run(command, input=html, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("theme", theming.THEMES)
@pytest.mark.parametrize("name", editions.ISSUES)
def test_items_links_and_alt_texts_survive(theme: str, name: str) -> None:
    """Every word in its order, every target, every picture with its text and size."""
    html = theming.shown(editions.edition(theme, name).html)
    left = washed(html)
    assert visible(left) == visible(html)
    before, after = (lxml_html.document_fromstring(text) for text in (html, left))
    for path in ("//h1|//h2|//h3|//h4", "//a", "//img", "//li", "//th", "//td"):
        assert len(after.xpath(path)) == len(before.xpath(path))
    for path in ("//a/@href", "//img/@src", "//img/@alt", "//img/@width", "//img/@height"):
        assert after.xpath(path) == before.xpath(path)
        assert before.xpath(path)


def test_the_look_of_the_base_layer_survives() -> None:
    """Inline styles are kept, so that an issue looks in Roundcube as it does without `<style>`."""
    html = theming.shown(editions.edition("digest", "2020-10").html)
    before, after = (lxml_html.document_fromstring(text) for text in (html, washed(html)))
    styles = [
        [style.replace(" ", "").rstrip(";") for style in tree.xpath("//body//@style")]
        for tree in (before, after)
    ]
    assert styles[0] == styles[1]


def test_what_runs_does_not_survive() -> None:
    """It is the sanitiser that was asked."""
    assert "script" not in washed("<p onclick=x>a</p><script>b</script>")
