from __future__ import annotations

import unicodedata

import email_validator
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from subscribers.address import Address, mask, parse
from subscribers.errors import BadAddress


@pytest.mark.parametrize(
    ("text", "email", "key"),
    [
        ("anna@example.org", "anna@example.org", "anna@example.org"),
        ("  Anna.B+x@Example.ORG\t", "Anna.B+x@Example.ORG", "anna.b+x@example.org"),
        ("Info@example.org", "Info@example.org", "info@example.org"),
        ("j@EXÄMPLE.org", "j@exämple.org", "j@xn--exmple-cua.org"),
        ("j@xn--EXMPLE-cua.org", "j@xn--EXMPLE-cua.org", "j@xn--exmple-cua.org"),
        ("Jörg@example.org", "Jörg@example.org", "jörg@example.org"),
        ("Jo\u0308rg@example.org", "Jörg@example.org", "jörg@example.org"),
        ("用户@例子.广告", "用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
        ("a@mail.test", "a@mail.test", "a@mail.test"),
    ],
)
def test_the_case_is_kept_for_sending_and_folded_for_identity(
    text: str, email: str, key: str
) -> None:
    assert parse(text) == Address(email, key)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "must have an @-sign"),
        ("anna", "must have an @-sign"),
        ("@example.org", "something before the @-sign"),
        ("anna@", "something after the @-sign"),
        ("anna@example", "should have a period"),
        ("anna@example..org", "two periods in a row"),
        ("a b@example.org", "invalid characters"),
        ("Anna <anna@example.org>", "display name"),
        ('"an na"@example.org', "Quoting"),
        ("anna@[127.0.0.1]", "bracketed IP address"),
        ("anna@example.org\nBcc: eve@example.org", "invalid characters"),
        ("anna@example.org\n", "invalid characters"),
        ("\ranna@example.org", "invalid characters"),
        ("a\0b@example.org", "invalid characters"),
        ("x" * 65 + "@example.org", "too long before the @-sign"),
        ("anna@" + "x" * 64 + ".org", "so many characters"),
        ("anna@server.local", "special-use"),
        ("J\ufffdrg@example.org", "wrong encoding"),
        ("x" * 1_000_000, "it has 1,000,000 characters and may have 254"),
    ],
)
def test_what_is_no_address_is_refused_in_one_short_line(text: str, why: str) -> None:
    with pytest.raises(BadAddress, match=why) as caught:
        parse(text)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 300


def _reference(text: str) -> str | None:
    """The key that email-validator alone gives, or None where it refuses."""
    try:
        found = email_validator.validate_email(
            text.strip(" \t\N{NO-BREAK SPACE}"),
            allow_smtputf8=True,
            strict=True,
            check_deliverability=False,
            test_environment=True,
        )
    except email_validator.EmailNotValidError:
        return None
    folded = unicodedata.normalize("NFC", found.local_part.casefold())
    return f"{folded}@{found.ascii_domain.lower()}"


_LABELS = st.from_regex(r"[a-zA-Z0-9-]{1,8}|xn--[a-z0-9-]{1,8}|[a-z]{60,66}", fullmatch=True)
_TOPS = st.sampled_from(
    ["org", "ORG", "test", "local", "invalid", "localhost", "arpa", "onion", "c0m", "o1", "1", "x"]
)
_LOCALS = st.text("abzAZ019.!#$%&'*+/=?^_`{|}~-@\" é", min_size=0, max_size=12) | st.text(
    "ab.", min_size=60, max_size=66
)
_NEAR = st.builds(
    lambda local, labels, top: f"{local}@{'.'.join([*labels, top])}",
    _LOCALS,
    st.lists(_LABELS, max_size=4),
    _TOPS,
)


@given(_NEAR | st.emails() | st.text(max_size=30))
@example("a@" + ".".join(["x" * 49] * 5) + ".org")  # 255 octets
@example("a@" + ".".join(["x" * 49] * 5) + ".or")  # 254
@example("a@b.org\n")
@example("a@b.org.")
@example("\xa0a@b.org ")
def test_the_fast_path_says_what_email_validator_says(text: str) -> None:
    expected = _reference(text)
    try:
        found = parse(text)
    except BadAddress:
        assert expected is None
    else:
        assert found.key == expected


@given(_NEAR | st.emails())
def test_an_address_is_itself_when_read_again(text: str) -> None:
    """What is stored is an address again, of the same person."""
    try:
        found = parse(text)
    except BadAddress:
        return
    assert parse(found.email) == found
    assert parse(found.key).key == found.key


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("anne@example.org", "a…e@example.org"),
        ("ann@example.org", "a…n@example.org"),
        ("al@example.org", "a…@example.org"),
        ("a@example.org", "…@example.org"),
    ],
)
def test_a_masked_address_never_shows_the_whole_local_part(email: str, shown: str) -> None:
    assert mask(email) == shown
