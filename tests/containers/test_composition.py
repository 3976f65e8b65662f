"""The images are built, brought up together, used, and troubled: what a server would go through."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import time
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from containers.composition import (
    CONNECTIONS,
    LIST,
    USER,
    Composition,
    composed,
    eventually,
)

pytestmark = pytest.mark.containers

READERS = 400
BEGUN = 40  # copies after which something happens
_ASK = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1], timeout=30).read().decode())"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Composition]:
    with composed(tmp_path_factory.mktemp("world"), READERS) as composition:
        yield composition


def begun(made: Composition, issue: str) -> int:
    """A dispatch of which the first copies are there."""
    dispatch = made.send(issue)
    eventually(lambda: made.mailbox.copies(issue).total() >= BEGUN)
    return dispatch


def require_in_the_middle(made: Composition, issue: str) -> None:
    """What was done, was done while copies were still to be sent."""
    assert made.mailbox.copies(issue).total() < READERS


def require_kept(made: Composition, dispatch: int, issue: str, uncertain: int) -> None:
    """Nothing lost, nothing twice, at most so many in doubt, all others sent."""
    counts = made.counts(dispatch)
    print(f"{issue}: {counts['sent']} sent, {counts['uncertain']} uncertain")
    assert counts["uncertain"] <= uncertain
    assert counts["sent"] + counts["uncertain"] == READERS
    states = {row["email"]: row["state"] for row in made.json("dispatch", "copies", str(dispatch))}
    assert Counter(states.values()) == Counter({k: n for k, n in counts.items() if n})
    sent = {address for address, state in states.items() if state == "sent"}
    eventually(lambda: sent <= set(made.mailbox.copies(issue)))
    eventually(lambda: made.within("relay", "postqueue", "-j") == "")
    taken = made.mailbox.copies(issue)
    assert set(taken) <= set(states)
    assert max(taken.values()) == 1


def test_the_server_has_no_fault(made: Composition) -> None:
    """`doctor` ends with 0 where nothing but warnings is left, and it sees both workers."""
    eventually(lambda: "2 at work" in made.mailer("doctor", "--deploy"))


def test_a_container_may_do_what_it_must_and_no_more(made: Composition) -> None:
    """No capability, none to be gained, another user than root, nothing to write to but the
    publication, whose secrets nobody else reads."""
    for service in ("web", "worker"):
        status = made.within(service, "cat", "/proc/1/status")
        fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
        assert {int(fields[name], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapInh")} == {0}
        assert fields["NoNewPrivs"] == "1"
        assert set(fields["Uid"].split()) == {str(USER)}
        script = (
            "for d in / /opt/mailer /home/mailer; do touch $d/x && exit 1; done 2>&1; touch /tmp/x"
        )
        assert made.within(service, "sh", "-c", script).count("Read-only file system") == 3
    modes = {path.name: path.stat() for path in made.publication.iterdir()}
    assert {entry.st_uid for name, entry in modes.items() if name != "readers.csv"} == {USER}
    assert stat.S_IMODE(modes["secrets.toml"].st_mode) == 0o600
    assert not any("mailer.db" in name for name in modes)


def test_health_and_metrics_are_for_the_networks_within(made: Composition) -> None:
    for service in ("web", "worker"):
        url = f"http://{service}:9100"
        assert made.within("web", "python3", "-c", _ASK, f"{url}/healthz").strip() == "ok"
        metrics = made.within("web", "python3", "-c", _ASK, f"{url}/metrics")
        assert "mailer_build_info" in metrics
        if service == "web":
            assert 'mailer_database_up{publication="newsletter"} 1' in metrics
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", 9100))


def test_a_reader_signs_up_gets_an_issue_and_leaves(made: Composition) -> None:
    """Through the proxy, the web and the relay, by the mails that arrive."""
    ann = "ann@readers.example"
    assert "<form" in made.site.ask("GET", "/subscribe")
    made.site.ask("POST", "/subscribe", {"email": ann})
    eventually(lambda: len(made.mailbox.of(ann)) == 1)
    made.site.ask("POST", made.mailbox.of(ann)[0].link("c"), {"": ""})
    eventually(lambda: len(made.mailbox.of(ann)) == 2)
    assert status(made, ann) == "confirmed"
    dispatch = made.send("joined")
    eventually(lambda: made.mailbox.copies("joined")[ann] == 1)
    one_click = str(made.mailbox.of(ann)[2].message["List-Unsubscribe"])
    path = urlsplit(one_click.strip("<>")).path
    made.site.ask("POST", path, {"List-Unsubscribe": "One-Click"})
    assert status(made, ann) == "unsubscribed"
    eventually(lambda: made.is_finished(dispatch))


def status(made: Composition, address: str) -> str:
    shown = made.json("subscriber", "show", address)["subscriptions"]
    [found] = [each["status"] for each in shown if each["list"] == LIST]
    return str(found)


def test_the_other_worker_ends_the_work_of_one_that_is_killed(made: Composition) -> None:
    """Without a hand; and the one that was killed comes back."""
    dispatch = begun(made, "killed")
    owners: list[str] = []
    eventually(lambda: owners.extend(_owners(made, dispatch)) or owners)
    owner = owners[0]
    victim = next(each for each in made.ids("worker") if each.startswith(owner.partition("-")[0]))
    os.kill(made.state(victim)["Pid"], signal.SIGKILL)
    require_in_the_middle(made, "killed")
    freed = eventually(lambda: owner not in _owners(made, dispatch))
    print(f"taken over {freed:.1f} s after the kill")
    eventually(lambda: made.is_finished(dispatch))
    require_kept(made, dispatch, "killed", uncertain=CONNECTIONS)
    eventually(lambda: made.state(victim)["Health"]["Status"] == "healthy")


def _owners(made: Composition, dispatch: int) -> list[str]:
    """Of the shards that somebody has in hand."""
    rows = made.query("SELECT DISTINCT dispatch_id, owner FROM shards WHERE owner IS NOT NULL")
    owned = (row.split("|") for row in rows)
    return [owner for number, owner in owned if int(number) == dispatch]


def test_a_stop_in_the_middle_leaves_nothing_in_doubt(made: Composition) -> None:
    dispatch = begun(made, "stopped")
    began = time.monotonic()
    made.compose("stop")
    require_in_the_middle(made, "stopped")
    print(f"stopped within {time.monotonic() - began:.0f} s")
    assert {made.state(each)["ExitCode"] for each in made.ids("worker") + made.ids("web")} == {0}
    made.compose("up", "--detach")
    eventually(lambda: made.is_finished(dispatch))
    require_kept(made, dispatch, "stopped", uncertain=0)


def test_a_database_that_starts_anew_is_waited_for(made: Composition) -> None:
    """By the same processes."""
    before = [made.state(each)["Pid"] for each in made.ids("worker")]
    dispatch = begun(made, "restarted")
    made.compose("restart", "database")
    require_in_the_middle(made, "restarted")
    eventually(lambda: made.is_finished(dispatch))
    require_kept(made, dispatch, "restarted", uncertain=0)
    assert [made.state(each)["Pid"] for each in made.ids("worker")] == before


def test_each_line_of_the_log_is_an_object(made: Composition) -> None:
    """With the dispatch that it is about."""
    dispatch = made.send("logged")
    eventually(lambda: made.is_finished(dispatch))
    text = made.compose("logs", "--no-log-prefix", "web", "worker")
    lines = text.replace("\x1b[2K", "").splitlines()  # Compose clears its own line before each
    events = [json.loads(line) for line in lines]
    assert all({"at", "message"} <= event.keys() for event in events)
    assert any(event.get("dispatch") == dispatch for event in events)
    assert not any("@readers.example" in line for line in lines)
