"""Whether the owner of a shard is still alive."""

from __future__ import annotations

import fcntl
import glob
import os
from pathlib import Path
from typing import Protocol

_MARK = ".sender-"  # between the database's name and the owner's


class Liveness(Protocol):
    """`name` is what we write as owner; `alive` says whether another owner still works."""

    @property
    def name(self) -> str: ...

    def alive(self, owner: str) -> bool: ...

    def sweep(self) -> None:
        """Clear away what dead owners left behind."""
        ...

    def close(self) -> None: ...


class FileLiveness:
    """An flock on a file named after the owner. The kernel frees it at the owner's death, however
    it died, so there is nothing to wait for and no clock to trust."""

    def __init__(self, database: Path, name: str) -> None:
        self._database = database
        self._name = name
        self._descriptor = _locked(self._path(name))

    @property
    def name(self) -> str:
        return self._name

    def alive(self, owner: str) -> bool:
        if owner == self._name:
            return True
        try:
            descriptor = os.open(self._path(owner), os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            self._path(owner).unlink(missing_ok=True)
            return False
        finally:
            os.close(descriptor)

    def sweep(self) -> None:
        for path in self._database.parent.glob(f"{glob.escape(self._database.name)}{_MARK}*"):
            self.alive(path.name.rpartition(_MARK)[2])

    def close(self) -> None:
        """The file goes first: nobody may find it unlocked and take us for dead before that."""
        self._path(self._name).unlink(missing_ok=True)
        os.close(self._descriptor)

    def _path(self, owner: str) -> Path:
        return self._database.with_name(f"{self._database.name}{_MARK}{owner}")


def _locked(path: Path) -> int:
    """The descriptor of a new file, locked. Between its making and its locking somebody else's
    sweep may have taken it for a dead owner's: then there has to be another."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)
