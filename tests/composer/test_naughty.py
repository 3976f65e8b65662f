"""A text over which programs stumble stands in an edition as it was written, or it is refused where
it stands."""

from __future__ import annotations

import dataclasses
import email.policy
import json
import re

import pytest
import theming
from lxml import html as lxml_html  # type: ignore[import-untyped]  # it ships no types
from naughty import STRINGS
from vectors import VECTORS

from mailer.composer.compose import compose
from mailer.composer.parsing.parse import Defaults, Parsed, parse
from mailer.model.characters import FORBIDDEN
from mailer.model.edition import Edition
from mailer.model.finding import has_errors
from mailer.model.slot import fill

HEADERS = [
    *("Date", "From", "Reply-To", "To", "Message-ID", "Subject", "List-Id", "List-Unsubscribe"),
    *("List-Unsubscribe-Post", "Feedback-ID", "X-Auto-Response-Suppress", "X-Delivery-Token"),
    *("MIME-Version", "Content-Type"),
]
# Every place of running text, as `@`, of a default, as `&`, and of code, as `%`.
BODY = """x @, **@**

## @
Availability: [@](https://a.example/1) / [x](https://a.example/2 "@")

x @[^n]

![@](images/wide.png "@")

[@](https://youtu.be/x)

#### @

- @

> @

> [!TIP] @
> @

| x @ | y |
|-----|---|
| z   | @ |

`````````%
`````````

## Section @
x

### Item @
{{ name | default("x &") }}

---
@

[^n]: @
"""
PLACES = BODY.count("@") - 2  # the text part has no titles of links, and a video's link once
# An issue is composed for each text.
pytestmark = pytest.mark.slow
TEXTS = tuple(t for t in (*STRINGS, *VECTORS) if "| default(" not in t)  # which is a slot


def _bare(text: str) -> str:
    """Without white space, which is drawn as one space or ends a line, and what is refused."""
    return "".join(FORBIDDEN.sub("", text).split())


def _read(front: str, body: str) -> Parsed:
    head = "".join(f"{key}: {front}\n" for key in ("title", "subject", "preheader"))
    return parse(f"---\n{head}---\n{body}", "issue.md", Defaults("en", (), "x"))


def _composed(parsed: Parsed) -> Edition:
    assert parsed.issue
    return compose(parsed.issue, theming.theme_named("letter"), theming.frame())


@pytest.mark.parametrize("text", TEXTS)
def test_front_matter_is_kept_or_refused_and_adds_no_header(text: str) -> None:
    parsed = _read(json.dumps(text, ensure_ascii=False), "x")
    for finding in parsed.findings:
        assert finding.where.line in range(1, 5)
        assert "\n" not in finding.message
    edition = _composed(parsed)
    raw = theming.message(edition)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert message.keys() == HEADERS
    assert _bare(str(message["subject"])) == _bare(text)
    assert _bare(edition.title) == _bare(text)
    assert _bare(lxml_html.fromstring(edition.page).findtext("head/title")).startswith(_bare(text))
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert bool(FORBIDDEN.search(" ".join(text.split()))) <= has_errors(parsed.findings)


@pytest.mark.parametrize("text", TEXTS)
def test_running_text_is_the_same_in_every_place_of_both_parts(text: str) -> None:
    line = " ".join(text.split())
    escaped = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", line)
    plain = re.sub(r"[\"'{}%`\\]", "", line)  # what a slot's default cannot hold
    written = {"@": f"⟦{escaped}⟧", "%": f"\n⟦{line}⟧", "&": f"⟦{plain}⟧"}
    parsed = _read("x", re.sub("[@%&]", lambda match: written[match[0]], BODY))
    assert has_errors(parsed.findings) == bool(FORBIDDEN.search(line))
    edition = _composed(parsed)
    tree = lxml_html.fromstring(theming.shown(edition.html).replace("<wbr>", ""))
    attributes = "".join(value for e in tree.iter("img", "a") for value in e.attrib.values())
    for shown, bars in ((tree.text_content() + attributes, ""), (fill(edition.text, {}), "[>|]")):
        found = [re.sub(bars, "", each) for each in re.findall("⟦(.*?)⟧", _bare(shown))]
        whole, default = (re.sub(bars, "", _bare(each)) for each in (line, plain))
        assert set(found) <= {whole, default}
        assert found.count(whole) >= PLACES


def test_what_surrounds_an_issue_is_kept_too() -> None:
    """The publication's own texts, all at once in each theme."""
    text = " ".join(TEXTS)
    frame = dataclasses.replace(theming.frame(), publication=text, tagline=text, address=text)
    for of in theming.THEMES:
        edition = compose(theming.everything(), theming.theme_named(of), frame)
        for shown in (
            lxml_html.fromstring(theming.shown(edition.html)).text_content(),
            lxml_html.fromstring(edition.page).text_content(),
            fill(edition.text, {}),
        ):
            assert _bare(text) in _bare(shown)
