"""What goes to one recipient domain that has limits, through all relays of a run."""

from __future__ import annotations

from mailer.sender.purse import Purse
from mailer.sender.route import DomainLimits


class Flow:
    """Counts the copies on their way there."""

    def __init__(self, limits: DomainLimits, purse: Purse) -> None:
        self.purse = purse
        self._most = limits.connections
        self._under_way = 0

    @property
    def open(self) -> bool:
        """Whether one more may go now."""
        room = self._most is None or self._under_way < self._most
        return room and self.purse.wait() == 0

    def take(self) -> None:
        self._under_way += 1
        self.purse.take()

    def put_back(self) -> None:
        """The last one did not go after all."""
        self._under_way -= 1
        self.purse.put_back()

    def settled(self) -> None:
        self._under_way -= 1
