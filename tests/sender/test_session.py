"""Transactions: every kind of answer at every stage has its outcome."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from sender.scripted import ScriptedServer
from sender.talk import (
    ALAN,
    COMMANDS,
    COPY,
    FAREWELL,
    GO_AHEAD,
    GREETING,
    HELLO,
    HELLO_STEP_BY_STEP,
    SHORT,
    submit,
)

from mailer.model.delivery import Envelope
from mailer.model.outcome import Blame, Deferred, Outcome, Rejected, Reply, Sent, Uncertain

Form = Callable[[str, str], str]

YES = {"MAIL": "S: 250 fine", "RCPT": "S: 250 fine", "DATA": "S: 354 go ahead", "body": ""}
SAID = {
    "MAIL": "C: MAIL FROM:<*>",
    "RCPT": "C: RCPT TO:<*>",
    "DATA": "C: DATA",
    "body": "C: [body]",
}
STAGES = tuple(SAID)


def step_by_step(stage: str, answer: str) -> str:
    """A dialogue without PIPELINING in which all goes well until `stage` is answered so."""
    before = STAGES[: STAGES.index(stage)]
    lines = [f"{SAID[name]}\n{YES[name]}" for name in before]
    return "\n".join([HELLO_STEP_BY_STEP, *lines, SAID[stage], answer])


def pipelined(stage: str, answer: str) -> str:
    """The same with PIPELINING: the commands come together, and so do the answers."""
    before = [YES[name] for name in STAGES[: STAGES.index(stage)]]
    body = SAID["body"] if stage == "body" else ""
    return "\n".join([HELLO, COMMANDS, *before, body, answer])


def refusing(form: Form, stage: str, answer: str) -> str:
    """A dialogue with a plain refusal at `stage`, after which the connection serves on."""
    rest = {"MAIL": "S: 503 no sender\nS: 503 no sender", "RCPT": "S: 554 no recipients"}
    reset = "" if stage == "body" else "C: RSET\nS: 250 as new"
    return "\n".join(
        [form(stage, answer), rest.get(stage, "") if form is pipelined else "", reset, FAREWELL]
    )


def outcome_of(dialogue: str, copy: Envelope = COPY, **changes: Any) -> Outcome | None:
    [outcome], _ = submit(dialogue, copies=(copy,), **changes)
    return outcome


def require_nothing_submitted(server: ScriptedServer) -> None:
    assert server.bodies == []
    assert b".\r\n" not in server.leftover


every_form = pytest.mark.parametrize("form", [step_by_step, pipelined])
every_stage = pytest.mark.parametrize("stage", STAGES)
before_the_dot = pytest.mark.parametrize("stage", STAGES[:3])


def test_a_copy_arrives_as_it_is() -> None:
    """A 2xx after the dot is `Sent`, and the server has exactly the body."""
    [outcome], server = submit(
        HELLO + COMMANDS + GO_AHEAD + "C: [body]\nS: 250 2.0.0 kept as 42" + FAREWELL
    )
    assert outcome == Sent(Reply(250, "2.0.0", "kept as 42"))
    assert server.bodies == [COPY.body]


def test_copies_follow_each_other_on_one_connection() -> None:
    """A connection serves one copy after the other without anything in between."""
    one = COMMANDS + GO_AHEAD + "C: [body]\nS: 250 kept"
    dialogue = HELLO + one + one.replace("ada@", "alan@") + FAREWELL
    outcomes, server = submit(dialogue, copies=(COPY, ALAN))
    assert [type(outcome) for outcome in outcomes] == [Sent, Sent]
    assert server.bodies == [COPY.body, ALAN.body]


def test_without_pipelining_each_command_waits_for_its_answer() -> None:
    """A server that does not offer PIPELINING hears one command at a time."""
    steps = f"""
        {HELLO_STEP_BY_STEP}
        C: MAIL FROM:<news@example.org>
        ! quiet
        S: 250 fine
        C: RCPT TO:<ada@example.org>
        ! quiet
        S: 250 fine
        C: DATA
        ! quiet
        S: 354 go ahead
        C: [body]
        S: 250 kept
        {FAREWELL}
    """
    assert isinstance(outcome_of(steps), Sent)


@every_form
@every_stage
def test_a_4xx_is_deferred(form: Form, stage: str) -> None:
    """A 4xx at any stage is temporary, and the connection serves on."""
    dialogue = refusing(form, stage, "S: 451 4.3.0 try later")
    assert outcome_of(dialogue) == Deferred(Reply(451, "4.3.0", "try later"))


@every_form
@pytest.mark.parametrize(
    ("stage", "whose"),
    [
        ("MAIL", Blame.OURS),
        ("RCPT", Blame.RECIPIENT),
        ("DATA", Blame.RECIPIENT),
        ("body", Blame.RECIPIENT),
    ],
)
def test_a_5xx_is_rejected(form: Form, stage: str, whose: Blame) -> None:
    """A 5xx at any stage is final, with whose fault it is, and the connection serves on."""
    dialogue = refusing(form, stage, "S: 550 5.1.1 no such user")
    assert outcome_of(dialogue) == Rejected(Reply(550, "5.1.1", "no such user"), whose)


TROUBLE = {
    "silence": ("! hang", f"the server was silent for {SHORT:g} s"),
    "garbage": ("S: what?\n! gone", "the server sent not an SMTP reply: 'what?'"),
    "half a line, then silence": ("! say 250 2.0\n! hang", "the server was silent"),
    "half a line, then the end": ("! say 250 2.0\n! drop", "in the middle of a reply"),
    "half a reply": ("S: 250-first\n! drop", "in the middle of a reply"),
    "disconnect": ("! drop", "the server closed the connection"),
    "421": ("S: 421 4.3.2 closing\n! gone", "closing"),
}
every_trouble = pytest.mark.parametrize("trouble", TROUBLE)


@every_form
@before_the_dot
@every_trouble
def test_trouble_before_the_final_dot_is_deferred(form: Form, stage: str, trouble: str) -> None:
    """Whatever goes wrong before the dot leaves nothing submitted: the copy is tried again."""
    answer, why = TROUBLE[trouble]
    [outcome], server = submit(form(stage, answer))
    assert isinstance(outcome, Deferred)
    assert outcome.reply.code == (421 if trouble == "421" else 0)
    assert why in outcome.reply.text
    require_nothing_submitted(server)


@every_trouble
def test_trouble_after_the_final_dot_is_uncertain(trouble: str) -> None:
    """After the dot only an answer tells; 421 is one, and says no."""
    answer, why = TROUBLE[trouble]
    outcome = outcome_of(pipelined("body", answer))
    assert isinstance(outcome, Deferred if trouble == "421" else Uncertain)
    assert "silent" in why or why in str(outcome.reply)


def test_the_answer_to_the_dot_counts_whatever_follows_it() -> None:
    """Garbage behind the 250 costs the connection, not the knowledge that the copy is sent."""
    assert isinstance(outcome_of(pipelined("body", "S: 250 kept\nS: what?\n! gone")), Sent)


def test_silence_after_the_dot_is_waited_out_longer() -> None:
    """The answer to a whole message may take several times as long as any other."""
    late = pipelined("body", "! pause\n" * 10 + "S: 250 kept") + FAREWELL
    assert isinstance(outcome_of(late, timeout=0.4), Sent)


@pytest.mark.parametrize("answer", ["S: 354 what now?", "S: 251 elsewhere"])
def test_an_answer_that_fits_no_question_is_no_answer(answer: str) -> None:
    """A code of the wrong kind means that we are out of step: nothing is submitted."""
    stage = "MAIL" if "354" in answer else "DATA"
    [outcome], server = submit(step_by_step(stage, f"{answer}\n! gone"))
    assert isinstance(outcome, Deferred)
    assert f"answered {stage} with {answer[3:]}" in outcome.reply.text
    require_nothing_submitted(server)


def test_a_3xx_after_the_dot_is_uncertain() -> None:
    """It neither took the message nor refused it."""
    assert isinstance(outcome_of(pipelined("body", "S: 354 go on\n! gone")), Uncertain)


def test_one_answer_too_many_stops_the_body() -> None:
    """A reply that nobody asked for would pass for the answer to the dot: the body stays here."""
    dialogue = HELLO + COMMANDS + "S: 250 a\nS: 250 b\nS: 354 c\nS: 250 d\n! gone"
    [outcome], server = submit(dialogue)
    assert outcome == Deferred(Reply(0, "", "the server spoke out of turn: 250 d"))
    require_nothing_submitted(server)


def test_a_flood_of_replies_ends_the_connection() -> None:
    """Replies without end are not kept in memory."""
    outcome = outcome_of(HELLO + COMMANDS + "S: 250 again\n" * 100 + "! gone")
    assert isinstance(outcome, Deferred)


def test_354_after_a_refused_recipient_is_answered_by_hanging_up() -> None:
    """Not even an empty message goes to a server that forgot that it refused the recipient."""
    dialogue = HELLO + COMMANDS + "S: 250 a\nS: 550 5.1.1 unknown\nS: 354 go ahead\n! gone"
    [outcome], server = submit(dialogue)
    assert outcome == Rejected(Reply(550, "5.1.1", "unknown"))
    require_nothing_submitted(server)


def test_a_refusal_stands_when_the_connection_ends_after_it() -> None:
    """The first answer is the reason, also where the other two never came."""
    [outcome], _ = submit(HELLO + COMMANDS + "S: 554 5.7.1 go away\n! drop")
    assert outcome == Rejected(Reply(554, "5.7.1", "go away"), Blame.OURS)


def test_a_policy_that_refuses_a_recipient_is_told_from_an_unknown_one() -> None:
    """5.7.1 at RCPT may be about that recipient or about us."""
    refused = refusing(pipelined, "RCPT", "S: 550 5.7.1 Access denied")
    assert outcome_of(refused) == Rejected(Reply(550, "5.7.1", "Access denied"), Blame.POLICY)


@pytest.mark.parametrize("answer", ["S: 500 what?\n! gone", "! drop", "! hang"])
def test_a_failed_reset_costs_the_connection_alone(answer: str) -> None:
    """When RSET does not help, the outcome stays and the next copy has a new connection."""
    refused = pipelined("RCPT", f"S: 550 5.1.1 unknown\nS: 554 nobody\nC: RSET\n{answer}")
    again = pipelined("body", "S: 250 kept") + FAREWELL
    outcomes, server = submit(refused, again, copies=(COPY, COPY))
    assert [type(outcome) for outcome in outcomes] == [Rejected, Sent]
    assert server.connections == 2


def test_answers_may_come_in_any_portions() -> None:
    """One reply in many packets, a reply of many lines, and bare LF are all understood."""
    portions = """
        ! say 250-2.1.0 sen
        ! pause
        ! say der\\r\\n250 2.1.0 fine\\r
        ! pause
        ! say \\n250 2.1.5 recipient fine\\n354-go\\n
        ! pause
        ! say 354 ahead\\n
        C: [body]
        ! say 250-2.0.0 kept\\n250 2.0.0 as 42\\n
    """
    outcome = outcome_of(HELLO + COMMANDS + portions + FAREWELL)
    assert outcome == Sent(Reply(250, "2.0.0", "kept as 42"))


def test_the_size_is_declared() -> None:
    """A server that offers SIZE is told it (RFC 1870)."""
    said = f"C: MAIL FROM:<news@example.org> SIZE={len(COPY.body)}"
    dialogue = f"""
        {GREETING}
        S: 250-relay.test
        S: 250 SIZE 1000
        {said}
        S: 250 fine
        C: RCPT TO:<*>
        S: 250 fine
        C: DATA
        S: 354 go ahead
        C: [body]
        S: 250 kept
        {FAREWELL}
    """
    assert isinstance(outcome_of(dialogue), Sent)


def test_a_copy_over_the_limit_is_not_offered() -> None:
    """It is rejected here, and the connection serves on."""
    outcome = outcome_of(f"{GREETING}\nS: 250-relay.test\nS: 250 SIZE 36\n{FAREWELL}")
    text = "the copy has 37 octets and the relay takes 36"
    assert outcome == Rejected(Reply(0, "5.3.4", text))


JOSE = dataclasses.replace(COPY, recipient="josé@example.org", smtputf8=True)


def test_a_non_ascii_address_goes_to_a_server_that_offers_smtputf8() -> None:
    """MAIL says so (RFC 6531 §3.4) and the address travels as UTF-8."""
    dialogue = f"""
        {GREETING}
        S: 250-relay.test
        S: 250-8BITMIME
        S: 250 SMTPUTF8
        C: MAIL FROM:<news@example.org> BODY=8BITMIME SMTPUTF8
        S: 250 fine
        C: RCPT TO:<josé@example.org>
        S: 250 fine
        C: DATA
        S: 354 go ahead
        C: [body]
        S: 250 kept
        {FAREWELL}
    """
    assert isinstance(outcome_of(dialogue, JOSE), Sent)


def test_a_non_ascii_address_is_not_offered_elsewhere() -> None:
    """Without SMTPUTF8 that one copy is rejected with a clear text."""
    text = "the address is not ASCII and the relay does not offer SMTPUTF8"
    assert outcome_of(HELLO + FAREWELL, JOSE) == Rejected(Reply(0, "5.6.7", text))


LARGE = dataclasses.replace(COPY, body=b"Subject: x\r\n\r\n" + (b"0" * 996 + b"\r\n") * 40_000)


def test_a_large_body_arrives_whole() -> None:
    """A body of many portions is written as the server reads it, here after a rest."""
    [outcome], server = submit(
        pipelined("DATA", f"S: 354 go ahead\n! pause\nC: [body]\nS: 250 kept\n{FAREWELL}"),
        copies=(LARGE,),
    )
    assert isinstance(outcome, Sent)
    assert server.bodies == [LARGE.body]


@pytest.mark.parametrize("trouble", ["! stall", "! drop"])
def test_a_large_body_that_is_cut_off_is_deferred(trouble: str) -> None:
    """As long as the last portion has not been written the copy is provably not submitted."""
    dialogue = pipelined("DATA", f"S: 354 go ahead\n{trouble}")
    [outcome], server = submit(dialogue, copies=(LARGE,))
    assert isinstance(outcome, Deferred)
    require_nothing_submitted(server)
