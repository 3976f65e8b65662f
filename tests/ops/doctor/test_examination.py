"""The doctor, before a publication whose every ill is known."""

from __future__ import annotations

import shutil
import ssl
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import publication
import pytest
import smallnet
from nameserver import FAILS, Zone
from smallnet import PUBLIC, SILENT, Net

from mailer.app import open_app
from mailer.config import FILE, SECRETS_FILE
from mailer.desk import setup, signing
from mailer.fetch import Fetcher
from mailer.ledger import editions, workers
from mailer.ledger.schema import dispatches
from mailer.ops.catcher import Catcher
from mailer.ops.doctor import household
from mailer.ops.doctor.check import Check, Verdict
from mailer.ops.doctor.examination import examine
from mailer.web import server
from mailer.web.application import create
from mailer.web.site import site_of

OK, WARNING, FAULT = Verdict
TOML = """\
[publication]
id = "news"
name = "News"
from = "News <editor@example.org>"
url = "http://pictures.example"
address = "1 Example Street"
list = "monthly"
[bounces]
address = "bounces@example.org"
ses_topics = ["arn:aws:sns:eu-central-1:1:bounces"]
[dkim]
selectors = ["s-rsa", "s-ed25519"]
[smtp]
url = "{relay}"
hello = "mail.example.org"
"""


@dataclass
class Patient:
    """A publication with its relay, its zone and its pages, all well."""

    folder: Path
    zone: Zone
    net: Net
    catcher: Catcher

    def change(self, old: str, new: str, file: str = FILE) -> None:
        text = (self.folder / file).read_text(encoding="utf-8")
        assert old in text
        (self.folder / file).write_text(text.replace(old, new), encoding="utf-8")

    def examine(self, fetcher: Fetcher | None = None) -> list[Check]:
        asks = fetcher or replace(self.net.fetcher, largest=100_000)
        return list(examine(self.folder, self.zone.lookup, lambda _: asks))

    def found(self, name: str, fetcher: Fetcher | None = None) -> Check:
        """The one check of that name that is not well, or the last."""
        checks = [check for check in self.examine(fetcher) if check.name == name]
        bad = [check for check in checks if check.verdict is not OK]
        assert len(bad) < 2
        return (bad or checks)[-1]


@dataclass(frozen=True)
class Origin:
    """What all patients begin as copies of; the pages are those of its database."""

    folder: Path
    catcher: Catcher
    pages: tuple[str, int]


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Origin]:
    folder = tmp_path_factory.mktemp("doctor") / "news"
    setup.init(folder, example=False)
    with Catcher() as catcher:
        text = TOML.format(relay=catcher.url)
        (folder / FILE).write_text(text.replace("selectors", "# selectors"), encoding="utf-8")
        signing.new(open_app(folder), "s", signing.KINDS)
        (folder / FILE).write_text(text, encoding="utf-8")
        app = open_app(folder)
        listener = server.listen("127.0.0.1", 0)
        with listener, server.running(create(site_of(app)), listener):
            yield Origin(folder, catcher, listener.getsockname())
        app.database.close()


@pytest.fixture
def patient(origin: Origin, tmp_path: Path, zone: Zone) -> Patient:
    folder = tmp_path / "news"
    shutil.copytree(origin.folder, folder)
    for key in signing.listed(open_app(folder)):
        zone.text(key.record.name, key.record.value)
    zone.text("example.org", f"v=spf1 ip4:{PUBLIC} -all")
    zone.text("_dmarc.example.org", "v=DMARC1; p=reject")
    zone.records |= {
        ("mail.example.org", "A"): [PUBLIC],
        ("14.215.184.93.in-addr.arpa", "PTR"): ["mail.example.org."],
        ("example.org", "MX"): ["10 mail.example.org."],
    }
    net = Net(origin.pages, {"pictures.example": [PUBLIC], "silent.example": [SILENT]})
    return Patient(folder, zone, net, origin.catcher)


def test_a_healthy_publication(patient: Patient) -> None:
    """Every check once, two for two keys; only the pages lack https. No mail was sent."""
    checks = patient.examine()
    assert [(check.name, check.verdict) for check in checks] == [
        *((name, OK) for name in ("configuration", "keys", "database", "disk", "worker")),
        *(("relay", OK), ("spf", OK)),
        *(("dkim", OK), ("dkim", OK), ("dmarc", OK), ("ptr", OK), ("mx", OK)),
        *(("bounces", OK), ("web", WARNING)),
    ]
    assert all(check.says and "\n" not in check.says for check in checks)
    assert patient.catcher.messages == ()


@pytest.mark.parametrize(
    ("old", "new", "name", "verdict", "says"),
    [
        ('id = "news"', 'id = "News"', "configuration", FAULT, "publication.id: must be"),
        ("1 Example Street", "", "configuration", WARNING, "publication.address"),
        ("http://pictures.example", "http://localhost:8000", "web", WARNING, "readers elsewhere"),
        ("http://pictures.example", "http://silent.example", "web", FAULT, "cannot be fetched"),
        ('hello = "mail.', 'hello = "mx.', "ptr", OK, "not asked"),
        ("bounces@example.org", "b@example.net", "mx", FAULT, "no bounces"),
        ("ses_topics", "# ses_topics", "bounces", WARNING, "read by nobody: set bounces.imap"),
        ('address = "bounces@example.org"\n', "", "bounces", OK, "come to the sender"),
        ("bounces@example.org", "b@example.net", "spf", FAULT, "does not say who sends"),
        ("selectors", "# selectors", "dmarc", OK, "by SPF"),
        ("bounces@example.org", "b@example.net", "dmarc", OK, "by DKIM"),
    ],
)
def test_what_mailer_toml_may_have(
    patient: Patient, old: str, new: str, name: str, verdict: Verdict, says: str
) -> None:
    patient.change(old, new)
    check = patient.found(name)
    assert (check.verdict, says in check.says) == (verdict, True), check


def test_every_fault_of_the_configuration_is_told(patient: Patient) -> None:
    """Each in its line; nothing else can be looked at."""
    patient.change('id = "news"', 'id = "News"')
    patient.change('list = "monthly"', 'list = "M"')
    assert [check.verdict for check in patient.examine()] == [FAULT, FAULT]


def test_keys_that_are_gone(patient: Patient) -> None:
    """The relay and DNS are looked at all the same; the pages cannot be."""
    patient.change("links", "old", SECRETS_FILE)
    secrets = (patient.folder / SECRETS_FILE).read_text(encoding="utf-8")
    tables = secrets[secrets.index("[dkim") :]
    (patient.folder / SECRETS_FILE).write_text(tables, encoding="utf-8")
    assert patient.found("keys").verdict is FAULT
    assert [check.name for check in patient.examine()][-1] == "bounces"


def test_a_key_that_is_none(patient: Patient) -> None:
    """It is a fault of signing, and DMARC cannot count on it."""
    patient.change("BEGIN PRIVATE", "BEGIN", SECRETS_FILE)
    assert patient.found("dkim").verdict is FAULT
    assert "s-rsa.pem: is not a private key" in patient.found("dmarc").says


def test_a_database_that_cannot_be_used(patient: Patient) -> None:
    (patient.folder / "mailer.db").unlink()
    assert patient.found("database").verdict is FAULT


def test_a_database_that_others_can_read(patient: Patient) -> None:
    (patient.folder / "mailer.db").chmod(0o640)
    assert "chmod 600" in patient.found("database").says


def test_a_dispatch_that_waits_for_a_worker(patient: Patient) -> None:
    """Nobody would begin it; with a worker all is well."""
    row = {"issue_id": "x", "list_ref": 1, "list_name": "", "list_title": "", "list_id": ""}
    rest = {"segment": "", "purpose": "issue", "edition_id": 1, "state": "scheduled", "total": 0}
    database = open_app(patient.folder).database
    with database.write() as c:
        editions.store(c, publication.edition(), (), publication.NOON)
        c.execute(dispatches.insert().values(row | rest | {"created_at": publication.NOON}))
    found = patient.found("worker")
    assert found.verdict is WARNING
    assert "1 dispatch waits for one: start `mailer worker`" in found.says
    with database.write() as c:
        workers.beat(c, "one")
    database.close()
    assert patient.found("worker").verdict is OK


@pytest.mark.parametrize(("free", "verdict"), [(5e9, OK), (5e8, WARNING), (5e7, FAULT)])
def test_a_disk_that_fills(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, free: float, verdict: Verdict
) -> None:
    """A send on a full disk stops; better to know before."""
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr(household.shutil, "disk_usage", lambda _: usage)
    assert patient.found("disk").verdict is verdict


def test_a_relay_that_does_not_answer(patient: Patient) -> None:
    """One line, as a send would say it."""
    patient.change(patient.catcher.url, "smtp://127.0.0.1:9")
    check = patient.found("relay")
    assert (check.verdict, "cannot connect" in check.says) == (FAULT, True)


def test_copies_that_go_to_a_folder_need_no_names(patient: Patient) -> None:
    """Neither DNS nor the web is asked."""
    patient.change(patient.catcher.url, "folder:copies")
    assert [check.name for check in patient.examine()][-1] == "relay"
    assert not (patient.folder / "copies").exists()


Sick = Callable[[Zone], None]


def lost(*names: str) -> Sick:
    def lose(zone: Zone) -> None:
        for name in names:
            for known in [key for key in zone.records if key[0] == name]:
                del zone.records[known]

    return lose


def says(name: str, *texts: str) -> Sick:
    return lambda zone: zone.text(name, *texts)


def has(name: str, kind: str, *values: str) -> Sick:
    return lambda zone: zone.records.__setitem__((name, kind), values)


RSA = "s-rsa._domainkey.example.org"


@pytest.mark.parametrize(
    ("sick", "name", "verdict", "text", "record"),
    [
        (lost(RSA), "dkim", FAULT, "s-rsa signs, and DNS has no record", RSA),
        (says(RSA, "p=AAAA"), "dkim", FAULT, "DNS has another key", RSA),
        (says(RSA, "v=DKIM1; p="), "dkim", FAULT, "it is revoked", RSA),
        (says(RSA, "p=AAAA", "p=AAAB"), "dkim", FAULT, "DNS has 2 records", RSA),
        (says(RSA, "v=DKIM1; h=sha1; p=AAAA"), "dkim", FAULT, "allows no SHA-256", RSA),
        (says("example.org", "none"), "spf", FAULT, "who sends", "example.org"),
        (says("example.org", "v=spf1 -all"), "spf", WARNING, f"add ip4:{PUBLIC}", None),
        (says("example.org", "v=spf1 x -all"), "spf", FAULT, "SPF knows no 'x'", None),
        (says("example.org", "v=spf1 exists:%{i}.a"), "spf", OK, "exists", None),
        (lost("_dmarc.example.org"), "dmarc", WARNING, "no policy", "_dmarc.example.org"),
        (says("_dmarc.example.org", "v=DMARC1; p="), "dmarc", FAULT, "is no policy", None),
        (lost("14.215.184.93.in-addr.arpa"), "ptr", WARNING, "has no name", None),
        (has("mail.example.org", "A", PUBLIC), "ptr", OK, "there and back", None),
        (has("14.215.184.93.in-addr.arpa", "PTR", "a.b."), "ptr", WARNING, "not lead back", None),
        (has("example.org", "MX", "0 ."), "mx", FAULT, "no mail at all", "example.org"),
        (has("example.org", "MX"), "mx", FAULT, "no bounces", "example.org"),
        (has("example.org", "TXT", FAILS), "spf", WARNING, "cannot be looked up", None),
        (has("mail.example.org", "A", FAILS), "mx", OK, "goes to mail.example.org", None),
    ],
)
def test_what_dns_may_lack(
    patient: Patient, sick: Sick, name: str, verdict: Verdict, text: str, record: str | None
) -> None:
    """Each ill has its line, and the record to paste where there is one."""
    sick(patient.zone)
    check = patient.found(name)
    assert (check.verdict, text in check.says) == (verdict, True), check
    assert (check.record.name if check.record else None) == record


def test_the_records_to_paste_heal(patient: Patient) -> None:
    """Put into DNS as they are, they leave nothing to say."""
    lost(RSA, "example.org", "_dmarc.example.org")(patient.zone)
    for check in patient.examine():
        if check.record is not None:
            values = patient.zone.records.setdefault((check.record.name, check.record.type), [])
            line = str(check.record).partition(f" IN {check.record.type} ")[2]
            patient.zone.records[check.record.name, check.record.type] = [*values, line]
    ill = [check for check in patient.examine() if check.verdict is not OK]
    assert [check.name for check in ill] == ["web"]


def test_a_domain_with_an_address_alone(patient: Patient) -> None:
    """Mail finds its way without MX (RFC 5321 §5.1); better to name the host."""
    has("example.org", "MX")(patient.zone)
    has("example.org", "A", PUBLIC)(patient.zone)
    assert patient.found("mx").verdict is WARNING


@pytest.mark.parametrize(("policy", "verdict"), [("none", WARNING), ("reject", FAULT)])
def test_a_sender_that_nothing_proves(patient: Patient, policy: str, verdict: Verdict) -> None:
    """Neither a signature nor the return path: mail is refused where the policy asks for it."""
    patient.change("bounces@example.org", "b@example.net")
    patient.change("selectors", "# selectors")
    patient.zone.text("_dmarc.example.org", f"v=DMARC1; p={policy}")
    check = patient.found("dmarc")
    assert (check.verdict, "nothing proves example.org" in check.says) == (verdict, True)


def test_keys_that_do_not_sign(patient: Patient) -> None:
    """Before and after their time: published or not, and what to do with them."""
    patient.change('["s-rsa", "s-ed25519"]', '["s-ed25519"]')
    lines = [check for check in patient.examine() if check.name == "dkim"]
    assert [check.verdict for check in lines] == [OK, OK]
    assert "s-rsa does not sign, and DNS has its key" in lines[0].says
    lost(RSA)(patient.zone)
    check = patient.found("dkim")
    assert (check.verdict, check.record and check.record.name) == (WARNING, RSA)
    patient.change('["s-ed25519"]', "[]")
    assert "copies are not signed" in patient.examine()[7].says


class AnyPage(defaultdict[str, tuple[int, Mapping[str, str], bytes]]):
    """Every path has the same answer."""


def test_pages_over_https(patient: Patient, tmp_path: Path) -> None:
    """Answered where they were asked for, all is well; a POST would not follow a redirect."""
    patient.change("http://pictures.example", "https://pictures.example")
    certificate = smallnet.certificate(tmp_path)
    answers = AnyPage(lambda: (200, {}, b"goodbye"))
    answers["/elsewhere"] = (200, {}, b"home")
    with smallnet.serving(answers, smallnet.server_side(certificate)) as net:
        trusting = replace(
            net.fetcher, trust=lambda: ssl.create_default_context(cafile=certificate)
        )
        assert patient.found("web", trusting).verdict is OK
        answers.default_factory = lambda: (301, {"Location": "/elsewhere"}, b"")
        check = patient.found("web", trusting)
        assert (check.verdict, "do not follow" in check.says) == (FAULT, True)


def test_pages_with_other_keys(patient: Patient) -> None:
    """A server of another publication, or with old secrets, does not know our links."""
    patient.change('1 = "', '1 = "other', SECRETS_FILE)
    check = patient.found("web")
    assert (check.verdict, "404" in check.says) == (FAULT, True)
