from __future__ import annotations

from newsroom import Newsroom

from mailer.desk import inviting
from mailer.ledger import notices
from mailer.ledger.notices import Kind
from subscribers import signup
from subscribers.address import parse
from subscribers.model import Consent, SubscriptionStatus
from subscribers.signup import Answer, SignUp


def test_who_is_invited_gets_a_question_and_is_confirmed_by_the_answer(newsroom: Newsroom) -> None:
    """And is not asked again, neither by another invitation nor for a sign-up of the same day."""
    app = newsroom.app
    for name in ("anna", "ben", "cleo"):
        app.store.add(
            f"{name}@example.org", "monthly", {}, None, SubscriptionStatus.PENDING, app.now()
        )
    assert inviting.invite(app, "monthly", 2) == (2, 1)
    assert inviting.invite(app, "monthly", 2) == (1, 0)
    assert inviting.invite(app, "monthly", 2) == (0, 0)
    with app.database.write() as c:
        orders = [notice.order for notice in notices.claim(c, 10)]
        assert [(order.kind, order.email) for order in orders] == [
            (Kind.INVITE, f"{name}@example.org") for name in ("anna", "ben", "cleo")
        ]
        token = orders[0].subject
        assert token is not None
        answer = Consent("the answer", "yes")
        [view] = signup.confirm(c, token, answer, app.fingerprint, app.now())
        ben = SignUp(parse("ben@example.org"), {view.list.id: Consent("form", "yes")}, "en", {})
        again = signup.sign_up(c, ben, app.new_token, app.fingerprint, app.now())
    assert again.answer is Answer.NONE
    assert view.status is SubscriptionStatus.CONFIRMED
