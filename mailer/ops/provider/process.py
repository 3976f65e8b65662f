"""The provider's process, as its parent holds it."""

from __future__ import annotations

import json
import subprocess
import sys
from types import TracebackType
from typing import Self

from mailer.errors import MailerError
from mailer.ops.provider.profile import Profile
from mailer.ops.provider.temper import Load

_PATIENCE = 30.0  # seconds for its end


class Provider:
    """Runs while its `with` block does. `load` is known after it."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self.port = 0
        self.load = Load()

    @property
    def url(self) -> str:
        """As `[smtp] url` has it."""
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "mailer.ops.provider", self._profile.to_json()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # ctrl-C is for the sender; this ends with it
        )
        assert self._process.stdout is not None  # noqa: S101 - it was asked for
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            raise MailerError("the provider that is played for a rehearsal could not begin")
        self.port = int(line)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            told, _ = self._process.communicate(timeout=_PATIENCE)
            self.load = Load(**json.loads(told))
        except (subprocess.TimeoutExpired, ValueError):
            self._process.kill()
            self._process.communicate()
