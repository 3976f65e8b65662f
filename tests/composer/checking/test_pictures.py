"""Pictures that are missing or say nothing."""

from __future__ import annotations

import dataclasses

from checked import FINE, findings, found

from mailer.model.finding import Fault


def test_missing_pictures_are_errors_with_their_reason() -> None:
    """Known to be missing, or not known at all; wherever a picture may stand."""
    body = (
        "![a](b.png)\n\n## I\n- text ![a](b.png)\n\n> ![a](c.png)\n\n"
        "| ![a](c.png) |\n|--|\n\n[![a](c.png)](https://example.org)"
    )
    context = dataclasses.replace(FINE, missing={"c.png": Fault("is no picture", "save it again")})
    assert found(body, context) == [
        ("error", "picture-missing", line) for line in (4, 7, 9, 11, 14)
    ]
    said = [(finding.message, finding.mend) for finding in findings(body, context)]
    assert said[0][0] == "b.png: is not there"
    assert said[2] == ("c.png: is no picture", "save it again")


def test_a_picture_without_text_is_a_warning() -> None:
    """It stays a warning: a decoration needs none."""
    assert found("## I\n![](a.png)") == [("warning", "picture-alt", 5)]
