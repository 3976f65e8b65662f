"""mailer.toml is read whole, and every fault is told at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from mailer import config
from mailer.errors import ConfigError

GOOD = """
[publication]
id = "neurodigest"
name = "Neurodigest"
from = "Neurodigest <editor@example.org>"
url = "https://news.example.org/"
list = "monthly"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mailer.toml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def add(folder: Path, text: str) -> None:
    with (folder / "mailer.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def test_what_is_left_out_has_its_default(folder: Path) -> None:
    """The least that a publication must say."""
    found = config.load(folder, {})
    assert found.publication.url == "https://news.example.org"
    assert found.smtp.url == "smtp://localhost:25"
    assert found.database_url == f"sqlite:///{folder.resolve()}/mailer.db"


def test_the_environment_wins(folder: Path) -> None:
    """MAILER_TABLE__KEY; other names of that beginning are nobody's."""
    environ = {"MAILER_SMTP__URL": "smtp://relay:2525", "MAILER_DEBUG": "1", "HOME": "/"}
    assert config.load(folder, environ).smtp.url == "smtp://relay:2525"


def test_every_fault_is_told_at_once(folder: Path) -> None:
    """An editor mends them in one go."""
    add(folder, 'colour = "red"\n[smtp]\nurl = "ftp://x"\nconnections = 0\n[lok]\na = 1\n')
    with pytest.raises(ConfigError) as error:
        config.load(folder, {})
    lines = str(error.value).splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        "publication.colour",
        "smtp.url",
        "smtp.connections",
        "lok",
    ]
    assert "unknown key" in lines[0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('list = "monthly"', "", "publication.list: is missing"),
        ('"monthly"', '"Monthly News"', "publication.list: must be lower-case"),
        ("editor@example.org", "editor", "publication.from: is not an address"),
        ("https://news.example.org/", "news.example.org", "publication.url: is not an http"),
        ("https://news.example.org/", "https://x.org/?a=1", "publication.url: has a query"),
        ('list = "monthly"', 'list = "monthly"\ntimezone = "Mars"', "timezone: is not a time zone"),
        ('"Neurodigest"', r'"\u0007"', r"publication.name: U\+0007 is a control character"),
        ('"Neurodigest <', r'"\u0085 <', r"publication.from: U\+0085 is a control character"),
        ('"Neurodigest <', r'"a\nb <', "publication.from: is more than one line"),
        (
            "[publication]",
            '[publication]\naddress = "\\uFDD0"',
            r"address: U\+FDD0 is no character",
        ),
        (
            "[publication]",
            '[look]\ntagline = "\\uE000"\n[publication]',
            r"tagline: U\+E000 is a pr",
        ),
        ("[publication]", '[look.strings]\nen.web = "\\uFFFE"\n[publication]', r"en.web: U\+FFFE"),
    ],
)
def test_a_wrong_value_is_named_with_its_key(
    folder: Path, old: str, new: str, message: str
) -> None:
    """What, where, how to mend."""
    (folder / "mailer.toml").write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        config.load(folder, {})


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("smtp://user:secret@relay", "holds a password"),
        ("relay:25", "is not smtp://"),
    ],
)
def test_a_relay_is_named_without_its_password(folder: Path, url: str, message: str) -> None:
    """A password in mailer.toml would be published with it."""
    add(folder, f'[smtp]\nurl = "{url}"\n')
    with pytest.raises(ConfigError, match=message):
        config.load(folder, {})


def test_secrets_that_others_can_read_are_refused(folder: Path) -> None:
    """secrets.toml has mode 0600."""
    secrets = folder / "secrets.toml"
    secrets.write_text('[smtp]\npassword = "x"\n', encoding="utf-8")
    secrets.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        config.load(folder, {})
    secrets.chmod(0o600)
    found = config.load(folder, {}).smtp.password
    assert found is not None
    assert found.get_secret_value() == "x"
    assert "x" not in repr(found)


def test_a_folder_without_a_publication_says_what_to_do(tmp_path: Path) -> None:
    """The first mistake that everybody makes."""
    with pytest.raises(ConfigError, match="mailer init DIR"):
        config.load(tmp_path, {})


def test_text_that_is_not_toml_is_told_with_its_line(folder: Path) -> None:
    """In words for editors."""
    add(folder, "this is no TOML\n")
    with pytest.raises(ConfigError, match=r"mailer\.toml:8: not valid TOML: a line is `name = v"):
        config.load(folder, {})


@pytest.mark.parametrize("line", ["smtp = 25", "look = []", 'keys = "x"'])
def test_a_table_that_is_none_is_named(folder: Path, line: str) -> None:
    """A value where a table should be."""
    text = (folder / "mailer.toml").read_text(encoding="utf-8")
    (folder / "mailer.toml").write_text(f"{line}\n{text}", encoding="utf-8")
    with pytest.raises(ConfigError, match=line.partition(" ")[0]):
        config.load(folder, {})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("from", "X <a@b..example>"),
        ("from", f"{'x' * 101} <a@example.org>"),
        ("reply_to", "s\u00f8ren@example.org"),
        ("url", "https://user:pw@example.org"),
        ("url", "https://exa mple.org"),
        ("url", "https://example.org/a>b"),
    ],
)
def test_what_would_break_a_header_is_refused(folder: Path, key: str, value: str) -> None:
    """From, Reply-To, List-Unsubscribe and Message-ID are made of these."""
    text = (
        "\n".join(line for line in GOOD.splitlines() if not line.startswith(f"{key} ="))
        + f'\n{key} = "{value}"\n'
    )
    (folder / "mailer.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=f"publication.{key}"):
        config.load(folder, {})


def test_a_publication_of_another_script_has_a_labels(folder: Path) -> None:
    """Its domain stands in headers and on the wire."""
    text = GOOD.replace("example.org", "b\u00fccher.example")
    (folder / "mailer.toml").write_text(text, encoding="utf-8")
    found = config.load(folder, {}).publication
    assert found.url == "https://news.xn--bcher-kva.example"
    assert found.sender == "Neurodigest <editor@xn--bcher-kva.example>"


@pytest.mark.parametrize("url", ["smtp://h:abc", "smtp://h:99999"])
def test_the_port_of_a_relay_is_checked(folder: Path, url: str) -> None:
    """Before a send meets it."""
    add(folder, f'[smtp]\nurl = "{url}"\n')
    with pytest.raises(ConfigError, match=r"smtp\.url"):
        config.load(folder, {})


@pytest.mark.parametrize(
    ("address", "template"),
    [
        ("bounces@news.example.org", "bounces+{token}@news.example.org"),
        ("b-{token}@bücher.example", "b-{token}@xn--bcher-kva.example"),
    ],
)
def test_a_return_path_has_a_place_for_the_token(folder: Path, address: str, template: str) -> None:
    """After a plus sign, or where it says; its domain as A-labels."""
    add(folder, f'[bounces]\naddress = "{address}"\n')
    found = config.load(folder, {}).bounces
    assert found is not None
    assert found.address == template


@pytest.mark.parametrize(
    "address", ["bounces", "{token}{token}@x.org", "Bounces <b@x.org>", "b" * 32 + "@x.org"]
)
def test_a_return_path_that_cannot_be_is_refused(folder: Path, address: str) -> None:
    """No address, more than one token, a name, or no room for a token in 64 octets."""
    add(folder, f'[bounces]\naddress = "{address}"\n')
    with pytest.raises(ConfigError, match=r"bounces\.address: "):
        config.load(folder, {})


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('imap = "imaps://mail.example.org"', r"imap: names no user: imaps://USER@mail"),
        ('imap = "imaps://ann:secret@mail.example.org"', "imap: holds a password"),
        ('imap = "imap://ann@mail.example.org"', "imap: sends the password in the clear"),
        ('imap = "pop3://ann@mail.example.org"', "imap: is not an address such as imaps://"),
        ('imap = "imaps://ann@mail.example.org:x"', "imap: is not an address such as imaps://"),
        ('listen = "lmtp://127.0.0.1"', "listen: names no port"),
        ('listen = "http://127.0.0.1:80"', "listen: is not an address such as lmtp://"),
        (
            'listen = "lmtp://127.0.0.1:8024"',
            r"listens for mail to no address: set bounces\.address",
        ),
        ("soft_count = 0", "soft_count: "),
        ('soft_within = "1h"', "soft_within: "),
        ('ses_topics = ["bounces"]', "ses_topics"),
    ],
)
def test_where_bounces_come_in_is_looked_at(folder: Path, setting: str, said: str) -> None:
    """Each fault with its key."""
    add(folder, f"[bounces]\n{setting}\n")
    with pytest.raises(ConfigError, match=said) as raised:
        config.load(folder, {})
    assert "bounces" in str(raised.value)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('address = "inbox@x.org"', r"takes mail from nobody: set inbox\.from too"),
        ('address = "Inbox <inbox@x.org>"', r"inbox\.address: must be an address alone"),
        ('address = "inbox@x.org"\nfrom = ["a@x.org"]', r"set bounces\.listen too"),
        ('from = ["nobody"]', r"inbox\.from\.0: is not an address"),
        ('feeds = ["example.org/feed"]', r"inbox\.feeds\.0: is not an address such as https://"),
        ('feeds = ["https://["]', r"inbox\.feeds\.0: is not an address of the web"),
        ('sections = [""]', r"inbox\.sections\.0: has fewer than 1 characters"),
    ],
)
def test_where_items_come_from_is_looked_at(folder: Path, setting: str, said: str) -> None:
    """Each fault with its key."""
    add(folder, f"[inbox]\n{setting}\n")
    with pytest.raises(ConfigError, match=said):
        config.load(folder, {})


def test_a_mailbox_on_this_machine_may_be_read_in_the_clear(folder: Path) -> None:
    """And its password comes from outside of mailer.toml."""
    add(folder, '[bounces]\nimap = "imap://ann@localhost/Returned"\n')
    found = config.load(folder, {"MAILER_BOUNCES__IMAP_PASSWORD": "secret"}).bounces
    assert found.imap == "imap://ann@localhost/Returned"
    assert "secret" not in repr(found)


KEY = '[dkim.keys.s]\npem = "a key"\n'


def secret(folder: Path, text: str) -> None:
    (folder / "secrets.toml").write_text(text, encoding="utf-8")
    (folder / "secrets.toml").chmod(0o600)


@pytest.mark.parametrize("domain", ["", "example.org", "EXAMPLE.org", "org.example.org"])
def test_a_signature_is_of_froms_domain_or_one_above(folder: Path, domain: str) -> None:
    """So that DMARC takes it for the sender's own."""
    toml = GOOD.replace("editor@example.org", "editor@org.example.org")
    line = f'domain = "{domain}"\n' if domain else ""
    (folder / "mailer.toml").write_text(
        f'{toml}[dkim]\n{line}selectors = ["s"]\n', encoding="utf-8"
    )
    secret(folder, KEY)
    found = config.load(folder, {}).dkim
    assert found.domain == (domain.lower() or None)
    assert found.keys["s"].pem.get_secret_value() == "a key"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('domain = "example.net"', "domain example.net does not go with"),
        ('domain = "news.example.org"', "use example.org or a domain above it"),
        ('domain = "-"', "is not a domain"),
        ('selectors = ["t"]', "selector 't' has no key in secrets.toml"),
        ('selectors = ["a.b"]', "is no selector such as 2026-rsa: 'a.b'"),
    ],
)
def test_signatures_that_nobody_would_believe_are_refused(
    folder: Path, text: str, message: str
) -> None:
    """Another's domain, or a selector without its key."""
    add(folder, f"[dkim]\n{text}\n")
    secret(folder, KEY)
    with pytest.raises(ConfigError, match=message):
        config.load(folder, {})


def test_keys_in_a_file_for_all_to_read_are_refused(folder: Path) -> None:
    """mailer.toml is published with the publication."""
    add(folder, KEY)
    with pytest.raises(ConfigError, match=r"move them to secrets\.toml"):
        config.load(folder, {})


TWO = """
[smtp]
timeout = 20
[[smtp.relays]]
name = "main"
preset = "ses"
url = "smtp+starttls://email-smtp.eu-central-1.amazonaws.com:587"
user = "AKIA"
weight = 3
messages_per_day = 50000
[[smtp.relays]]
name = "our-own"
preset = "postfix"
warm_up = [50, 100, 500]
warm_up_start = 2026-12-01
timeout = 5
[smtp.domains."Gmail.com"]
per_second = 5
"""


def test_several_relays_have_their_own_settings(folder: Path) -> None:
    """What is written down wins over the preset, and what [smtp] says is for all."""
    add(folder, TWO)
    environ = {"MAILER_SMTP__PASSWORDS__OUR_OWN": "x"}
    smtp = config.load(folder, environ).smtp
    main, own = smtp.all_relays
    assert (main.name, main.user, main.messages_per_second, main.timeout) == (
        "main",
        "AKIA",
        10,
        20,
    )
    assert main.periods == {"day": 50000}
    assert (own.url, own.connections, own.timeout) == ("smtp://localhost:25", 20, 5)
    assert own.warm_up == (50, 100, 500)
    assert [smtp.password_of(relay) for relay in (main, own)] == ["", "x"]
    assert smtp.variable_of(own) == "MAILER_SMTP__PASSWORDS__OUR_OWN"
    assert smtp.domains["gmail.com"].per_second == 5


def test_one_relay_needs_no_list_of_them(folder: Path) -> None:
    """[smtp] alone is the simple form, presets and all."""
    add(folder, '[smtp]\npreset = "fastmail"\nuser = "me@example.org"\nconnections = 1\n')
    smtp = config.load(folder, {"MAILER_SMTP__PASSWORD": "x"}).smtp
    [relay] = smtp.all_relays
    assert smtp.variable_of(relay) == "MAILER_SMTP__PASSWORD"
    assert (relay.url, relay.user) == ("smtps://smtp.fastmail.com:465", "me@example.org")
    assert (relay.connections, relay.messages_per_day) == (1, 2000)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('preset = "ses"', r"smtp\.url: is missing: smtp\+starttls://email-smtp\.REGION"),
        ('preset = "sendmail"', r"smtp\.preset: is not one of 'postfix', 'ses'"),
        ('url = "smtp://a@b"\nuser = "a"', r"smtp\.user: stands in the url as well"),
        ('url = "smtps://a"\ntls = "off"', r'smtp\.tls: "off" contradicts the url'),
        ("warm_up = [5]", r"smtp\.warm_up_start: a warm-up needs both"),
        ("warm_up_start = 2026-12-01", r"smtp\.warm_up_start: a warm-up needs both"),
        ("messages_per_day = 0", r"smtp\.messages_per_day: "),
        ("[[smtp.relays]]\nname = 'a'", r"smtp\.relays\.0\.url: is missing: smtp://HOST"),
        ("[[smtp.relays]]\nurl = 'smtp://a'", r"smtp\.relays: need a name each"),
        ("[[smtp.relays]]\nname = 'A B'\nurl = 'smtp://a'", r"smtp\.relays\.0\.name: "),
        ("relays = 3", r"smtp\.relays: "),
        ("relays = [3]", r"smtp\.relays\.0: "),
        (
            "[[smtp.relays]]\nname = 'a'\nurl = 'smtp://a'\n" * 2,
            r"smtp\.relays: have the same name: a",
        ),
        (
            "url = 'smtp://b'\nweight = 2\n[[smtp.relays]]\nname = 'a'\nurl = 'smtp://a'",
            r"smtp: has url, weight beside \[\[smtp\.relays\]\]",
        ),
        ("[smtp.passwords]\nx = 'y'", r"others can read the secrets"),
        ("[smtp.domains.'-x..y']\nconnections = 1", r"smtp\.domains\.-x\.\.y"),
    ],
)
def test_relays_that_cannot_be(folder: Path, text: str, message: str) -> None:
    """Each fault is one line that names its key."""
    add(folder, f"[smtp]\n{text}\n")
    with pytest.raises(ConfigError, match=message) as error:
        config.load(folder, {})
    assert len(str(error.value).splitlines()) == 1


def test_a_password_for_no_relay_is_a_fault(folder: Path) -> None:
    """Most likely a spelling mistake."""
    with pytest.raises(ConfigError, match="has passwords for no relay: main"):
        config.load(folder, {"MAILER_SMTP__PASSWORDS__MAIN": "x"})


@pytest.mark.parametrize("value", ["48", "2 days", "-1h", "1w", "1h30m"])
def test_a_length_of_time_has_one_unit(folder: Path, value: str) -> None:
    """90s, 15m, 48h, 2d."""
    add(folder, f'[send]\nretry_for = "{value}"\n')
    with pytest.raises(ConfigError, match=r"send\.retry_for: is not a length of time such as"):
        config.load(folder, {})


def test_a_send_is_patient_for_two_days(folder: Path) -> None:
    """Unless told otherwise."""
    assert config.load(folder, {}).send.retry_for == dt.timedelta(days=2)
    found = config.load(folder, {"MAILER_SEND__RETRY_FOR": "5d", "MAILER_SEND__PROBE": "false"})
    assert (found.send.retry_for, found.send.probe) == (dt.timedelta(days=5), False)


def test_the_database_is_sqlite_or_postgresql(folder: Path) -> None:
    """A URL that none can read is told without the password in it."""
    add(folder, '[database]\nurl = "mysql://mailer:secret@db/news"\n')
    (folder / "mailer.toml").chmod(0o600)
    with pytest.raises(ConfigError, match=r"database\.url: is not sqlite:///…") as error:
        config.load(folder, {})
    assert "secret" not in str(error.value)
    for unreadable in ("sec/ret@db:x/news", "s@ec/ret@db/news"):
        environ = {"MAILER_DATABASE__URL": f"postgresql+psycopg://mailer:{unreadable}"}
        with pytest.raises(ConfigError, match=r"^MAILER_DATABASE__URL: .*write %40 for @") as error:
            config.load(folder, environ)
        assert "ec" not in str(error.value)


def test_a_file_with_the_databases_password_is_for_its_owner_alone(folder: Path) -> None:
    """As with a relay's."""
    url = "postgresql+psycopg://mailer:secret@db/news"
    add(folder, f'[database]\nurl = "{url}"\n')
    (folder / "mailer.toml").chmod(0o644)
    with pytest.raises(ConfigError, match="others can read the secrets"):
        config.load(folder, {})
    (folder / "mailer.toml").chmod(0o600)
    assert config.load(folder, {}).database_url == url


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[look]\nlight = {ink = "red"}',
            "look.light.ink: is no colour such as #1a6fb0: 'red'",
        ),
        ("[look]\ntagline = 7", "look.tagline: is no text: put it into quotes"),
        ('[smtp]\nconnections = "many"', "smtp.connections: is no whole number"),
        ("[smtp]\nconnections = 1.5", "smtp.connections: is no whole number"),
        ("[smtp]\nconnections = 501", "smtp.connections: is more than 500"),
        ('[smtp]\nverify = "perhaps"', "smtp.verify: is neither true nor false"),
        ('[smtp]\ntimeout = "x"', "smtp.timeout: is no number"),
        ("[smtp]\ntimeout = 0", "smtp.timeout: is not more than 0"),
        ("[smtp]\nwarm_up = 5", "smtp.warm_up: is no list: put it into [ and ]"),
        ('[smtp]\nwarm_up_start = "x"', "smtp.warm_up_start: is no date such as 2026-12-31"),
        ("[smtp]\nrelays = [3]", "smtp.relays.0: is no table of keys and values"),
        ("[smtp]\ndomains = 3", "smtp.domains: is no table of keys and values"),
        ('[smtp]\ntls = "on"', "smtp.tls: is not one of 'required' or 'off'"),
        ('[send]\nretry_for = "1m"', "send.retry_for: is less than 5 minutes"),
    ],
)
def test_a_fault_is_told_in_plain_words(folder: Path, text: str, message: str) -> None:
    """Not in those of the library that found it."""
    add(folder, text + "\n")
    with pytest.raises(ConfigError) as error:
        config.load(folder, {})
    assert message in [
        line.removeprefix(f"{folder}/mailer.toml: ") for line in str(error.value).splitlines()
    ]


def test_the_engine_with_jobs_needs_postgresql(folder: Path) -> None:
    """SQLite has the ledger for it."""
    add(folder, '[worker]\nengine = "procrastinate"\n')
    with pytest.raises(ConfigError, match=r"worker: engine .* needs PostgreSQL"):
        config.load(folder, {})
    environ = {"MAILER_DATABASE__URL": "postgresql+psycopg://mailer@/news"}
    assert config.load(folder, environ).worker.engine == "procrastinate"
    assert config.load(folder, {"MAILER_WORKER__ENGINE": "inline"}).worker.engine == "inline"
