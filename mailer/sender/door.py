"""The door to a relay, as couriers see it."""

from __future__ import annotations

from typing import Protocol

from mailer.errors import RelayUnavailable


class Door(Protocol):
    """Who decides when a connection may be tried, and is told how that went. A connection needs a
    place, which is taken before it is tried and given back with `leave`."""

    async def ready(self) -> bool:
        """Wait for a place and take it; False when there is no use in one any more."""
        ...

    def enter(self) -> None:
        """Take a place without waiting for it."""
        ...

    def leave(self) -> None:
        """Give it back."""
        ...

    def opened(self) -> None: ...

    def closed(self) -> None: ...

    def called_back(self) -> bool:
        """Whether who asks is to give its place back behind the copy that it carries."""
        ...

    def failed(self, error: RelayUnavailable) -> bool:
        """Whether to try again when there is a place; otherwise the error is raised."""
        ...


class OpenDoor:
    """A connection may be tried once."""

    async def ready(self) -> bool:
        return True

    def enter(self) -> None:
        """Nobody counts."""

    def leave(self) -> None:
        """Nobody counts."""

    def opened(self) -> None:
        """Nobody counts."""

    def closed(self) -> None:
        """Nobody counts."""

    def called_back(self) -> bool:
        return False

    def failed(self, _error: RelayUnavailable) -> bool:
        return False
