"""A letter to one person is composed as an issue is, and knows of no list."""

from __future__ import annotations

import dataclasses

import pytest
import theming

from mailer.composer.compose import compose


@pytest.mark.parametrize("theme", ["digest", "letter", "bulletin"])
def test_a_letter_has_no_links_out_of_a_list_and_no_page(theme: str) -> None:
    """Neither part has a slot of a list, nor says where to read it on the web; the imprint
    stays."""
    issue = dataclasses.replace(theming.everything(), entries=(), footnotes=(), intro=())
    personal = dataclasses.replace(theming.frame(), personal=True)
    own, listed = (
        compose(issue, theming.theme_named(theme), frame) for frame in (personal, theming.frame())
    )
    of_a_list = {"unsubscribe_url", "preferences_url", "list_title"}
    assert of_a_list <= {slot.name for slot in listed.slots()}
    assert not of_a_list & {slot.name for slot in own.slots()}
    for part in (theming.shown(own.html), theming.written(own.text)):
        assert personal.web_url(issue.id, issue.lang) not in part
        assert "1 Example Street" in part
