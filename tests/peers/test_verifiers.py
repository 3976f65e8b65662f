"""Our signatures before the programs that receivers have: Debian's opendkim and rspamd."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import nameserver
import pytest
import signing
from peers.rspamd import Rspamd, running_rspamd

pytestmark = [pytest.mark.verifiers, pytest.mark.xdist_group("verifiers")]

BY = signing.signer()
SELECTORS = sorted(key.selector for key in BY.keys)
_GOLDEN = Path(__file__).parent.parent / "golden" / "copy.eml"
COPY = _GOLDEN.read_bytes().partition(b"\r\nDate: ")[2].join((b"Date: ", b""))
FIELDS = re.findall(r"^([\w-]+):", COPY.partition(b"\r\n\r\n")[0].decode(), re.MULTILINE)
SIGNATURE = BY.sign(COPY)


def _spoilt(name: str) -> bytes:
    field = signing.field_of(COPY, name)
    return COPY.replace(field, signing.changed(field), 1)


SPOILT = {
    **{name: SIGNATURE + _spoilt(name) for name in FIELDS},
    "the body": SIGNATURE + COPY + b"more\r\n",
    "another From": b"From: else@example.net\r\n" + SIGNATURE + COPY,
}


@pytest.fixture(scope="module")
def rspamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rspamd]:
    with nameserver.serving() as zone:
        for name, record in signing.records_of(BY).items():
            zone.text(name, record)
        with running_rspamd(tmp_path_factory.mktemp("rspamd"), zone.port) as peer:
            yield peer


OpenDkim = Callable[[bytes], list[str]]


@pytest.fixture
def opendkim(tmp_path: Path) -> OpenDkim:
    """The selectors whose signatures it believes. In test mode it reads keys from a file."""
    program = shutil.which("opendkim", path="/usr/sbin:/usr/bin")
    if program is None:
        pytest.fail("opendkim is missing: run `make setup`")
    keys = "".join(f"{name} {record}\n" for name, record in signing.records_of(BY).items())
    (tmp_path / "keys").write_text(keys, encoding="utf-8")
    configuration = f"Mode v\nTestPublicKeys {tmp_path}/keys\n"
    (tmp_path / "opendkim.conf").write_text(configuration, encoding="utf-8")

    def passes(message: bytes) -> list[str]:
        (tmp_path / "message").write_bytes(message)
        words = [program, "-x", f"{tmp_path}/opendkim.conf", "-vv", "-t", f"{tmp_path}/message"]
        said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
        assert "Authentication-Results" in said
        return sorted(re.findall(r"dkim=pass [^;]*header\.s=(\S+)", said))

    return passes


def test_opendkim_believes_both_signatures(opendkim: OpenDkim) -> None:
    assert opendkim(SIGNATURE + COPY) == SELECTORS


def test_rspamd_believes_both_signatures(rspamd: Rspamd) -> None:
    """The keys come to it by DNS."""
    assert rspamd.passes(SIGNATURE + COPY) == SELECTORS


@pytest.mark.parametrize("what", SPOILT)
def test_neither_believes_a_changed_copy(opendkim: OpenDkim, rspamd: Rspamd, what: str) -> None:
    """Whichever field was changed, or the body, or a second From put on top."""
    assert opendkim(SPOILT[what]) == []
    assert rspamd.passes(SPOILT[what]) == []
    assert rspamd.refuses(SPOILT[what]) == SELECTORS
