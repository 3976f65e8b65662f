"""Every kind of answer at every stage, with the state in which it leaves delivery and dispatch.

One table: a row for each stage, a column for each kind of answer. Each cell is a whole run into a
scripted server, over TLS and with a login, with PIPELINING and without.
"""

from __future__ import annotations

import asyncio
import itertools
import ssl
from collections.abc import Iterator

import publication
import pytest
from databases import migrated_file
from publication import Bench
from runs import after, run_of
from sender.conftest import (  # noqa: F401 - fixtures
    loopback_certificate,
    trusted,
)
from sender.scripted import ScriptedServer
from sender.talk import TIMEOUT, transport_to

from mailer.errors import RelayError
from mailer.model.delivery import DispatchState, State
from mailer.sender.route import Route

# What the client says at a stage, and the answer with which it goes on.
SAID = {
    "connect": "",
    "EHLO": "C: EHLO *",
    "STARTTLS": "C: STARTTLS",
    "AUTH": "! tls\nC: EHLO *\nS: 250-relay.test\n{offer}\nS: 250 AUTH PLAIN\nC: AUTH PLAIN *",
    "MAIL": "C: MAIL FROM:<*>",
    "RCPT": "C: RCPT TO:<*>",
    "DATA": "C: DATA",
    "dot": "C: [body]",
}
YES = {
    "connect": "S: 220 relay.test ready",
    "EHLO": "S: 250-relay.test\nS: 250 STARTTLS",
    "STARTTLS": "S: 220 go ahead",
    "AUTH": "S: 235 2.7.0 welcome",
    "MAIL": "S: 250 2.1.0 fine",
    "RCPT": "S: 250 2.1.5 fine",
    "DATA": "S: 354 go ahead",
    "dot": "S: 250 2.0.0 kept",
}
ANSWERS = {
    "2xx": "",  # the one above
    "4xx": "S: 451 4.3.0 try later",
    "5xx": "S: 550 5.1.1 no",
    "silence": "! hang",
    "garbage": "S: hello there\n! hang",
    "half a line": "! say 25\n! drop",
    "disconnect": "! drop",
}
SILENCE = 0.6  # seconds to wait for an answer: TLS and the login have to be through in that
LONG = 60.0  # seconds after which a run is stuck
STAGES, KINDS = tuple(SAID), tuple(ANSWERS)
OPENING = STAGES[:4]

# sent, planned, deferred, failed, uncertain; a capital letter: the dispatch is paused.
TABLE = """
              2xx  4xx  5xx  silence  garbage  half  disconnect
    connect    s    p    P      p        p      p        p
    EHLO       s    p    P      p        p      p        p
    STARTTLS   s    p    P      p        p      p        p
    AUTH       s    p    P      p        p      p        p
    MAIL       s    d    D      d        d      d        d
    RCPT       s    d    f      d        d      d        d
    DATA       s    d    f      d        d      d        d
    dot        s    d    f      u        u      u        u
"""
LETTERS = {state.value[0]: state for state in State if state not in (State.SENDING, State.SKIPPED)}
CELLS = [
    (stage, kind, letter)
    for stage, *row in (line.split() for line in TABLE.strip().splitlines()[1:])
    for kind, letter in zip(KINDS, row, strict=True)
]


def dialogue(stage: str, kind: str, pipelining: bool) -> str:
    """All goes well up to `stage`, which is answered so; then what politeness asks for."""
    done = STAGES[: STAGES.index(stage)]
    answer = ANSWERS[kind] or YES[stage]
    opening = [f"{SAID[each]}\n{YES[each]}" for each in done if each in OPENING]
    if stage in OPENING:
        lines = [*opening, SAID[stage], answer]
        rest = STAGES[len(opening) + 1 :] if kind == "2xx" else ()
        lines += [f"{SAID[each]}\n{YES[each]}" for each in rest if each in OPENING]
        if kind == "2xx":
            lines += _transaction("dot", YES["dot"], pipelining)
    else:
        lines = [*opening, *_transaction(stage, answer, pipelining)]
    offer = "S: 250-PIPELINING" if pipelining else "S: 250-8BITMIME"
    return "\n".join([*lines, *_rest(stage, kind, pipelining)]).format(offer=offer)


def _transaction(stage: str, answer: str, pipelining: bool) -> list[str]:
    """MAIL, RCPT, DATA and the message up to `stage`; a failed answer ends them."""
    before = [each for each in ("MAIL", "RCPT", "DATA") if STAGES.index(each) < STAGES.index(stage)]
    if not pipelining:
        return [*(f"{SAID[each]}\n{YES[each]}" for each in before), SAID[stage], answer]
    commands = [SAID[each] for each in ("MAIL", "RCPT", "DATA")]
    body = [SAID["dot"]] if stage == "dot" else []
    return [*commands, *(YES[each] for each in before), *body, answer]


def _rest(stage: str, kind: str, pipelining: bool) -> list[str]:
    if kind in ("silence", "garbage", "half a line", "disconnect"):
        return []
    if stage in OPENING and kind != "2xx":
        helo = ["C: HELO *", "S: 550 no"] if (stage, kind) == ("EHLO", "5xx") else []
        return [*helo, "! gone"]
    farewell = ["C: QUIT", "S: 221 bye", "! gone"]
    if stage in OPENING or stage == "dot":
        return farewell
    after = ("MAIL", "RCPT", "DATA")[("MAIL", "RCPT", "DATA").index(stage) + 1 :]
    if kind == "2xx":
        more = [YES[each] if pipelining else f"{SAID[each]}\n{YES[each]}" for each in after]
        return [*more, SAID["dot"], YES["dot"], *farewell]
    refused = ["S: 503 5.5.1 not now"] * len(after) if pipelining else []
    return [*refused, "C: RSET", "S: 250 as new", *farewell]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One database for all cells. Each plans an issue of its own for the same reader, and has a
    relay of its own: what an answer teaches about a relay is kept, and its rests would never end by
    a clock that stands."""
    folder = tmp_path_factory.mktemp("every-answer")
    made = publication.make(migrated_file(folder / "mailer.db"), folder, 1)
    yield made
    made.database.close()


issues = itertools.count(1)


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelined", "step by step"])
@pytest.mark.parametrize(("stage", "kind", "letter"), CELLS)
def test_cell(
    bench: Bench,
    trusted: ssl.SSLContext,  # noqa: F811
    stage: str,
    kind: str,
    letter: str,
    pipelining: bool,
) -> None:
    """The delivery is in that state, and the dispatch paused or not, when the run has ended."""
    issue = f"issue-{next(issues)}"
    bench.plan(issue)
    script = dialogue(stage, kind, pipelining)

    async def scene() -> None:
        async with ScriptedServer(script, tls=trusted) as server:
            changes = {"scheme": "smtp+starttls", "user": "me", "password": "geheim"}
            timeout = SILENCE if "! hang" in script else TIMEOUT
            transport = transport_to(server, timeout=timeout, **changes)
            try:
                relay = Route(issue, transport)
                run = run_of(bench, transport, owner=issue, routes=[relay])
                await asyncio.wait_for(run.run(), LONG)
            except RelayError:
                assert stage in OPENING
            else:
                assert stage not in OPENING or kind == "2xx"

    asyncio.run(scene())
    found = after(bench)
    assert found.counts[LETTERS[letter.lower()]] == 1
    assert found.state is (DispatchState.PAUSED if letter.isupper() else DispatchState.OPEN)
