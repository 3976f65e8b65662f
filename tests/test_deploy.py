"""What deploy/ holds fits the program: its commands, its settings, its files, its time to end."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from program import ROOT
from typer.testing import CliRunner

from mailer.cli.main import app
from mailer.config import Config
from mailer.config.smtp import Relay

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("systemd/*.service"))
_MINUTE, _SECOND = 60, 1


class Unit(ConfigParser):
    """systemd's form, as far as we use it: no key comes twice."""

    def __init__(self, path: Path) -> None:
        super().__init__(interpolation=None)
        self.optionxform = str  # type: ignore[assignment,method-assign]
        self.read(path, encoding="utf-8")

    @property
    def command(self) -> list[str]:
        """What it gives to `mailer`."""
        started = self["Service"]["ExecStart"]
        return shlex.split(started.partition("/opt/mailer/bin/mailer ")[2].rstrip("'"))


def composition() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return found


def ours() -> Iterator[tuple[str, dict[str, Any]]]:
    """The services of the composition that run the program."""
    for name, service in composition()["services"].items():
        if service["image"] == "newsletter-mailer":
            yield name, service


def seconds(text: str) -> int:
    number, unit = re.fullmatch(r"(\d+)([ms])", text).groups()  # type: ignore[union-attr]
    return int(number) * (_MINUTE if unit == "m" else _SECOND)


def require_known(words: list[str]) -> None:
    """The command exists and has these options."""
    found = CliRunner().invoke(app, [*words, "--help"])
    assert found.exit_code == 0, found.output


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_command_that_there_is(unit: Path) -> None:
    require_known(Unit(unit).command)


def test_a_service_starts_a_command_that_there_is() -> None:
    names = []
    for name, service in ours():
        require_known(service["command"])
        names.append(name)
    assert names == ["upgrade", "web", "worker"]


def test_a_worker_gets_the_time_that_copies_on_the_wire_may_take() -> None:
    """Ten times the time-out of a reply, after a whole message. To be cut short leaves doubt."""
    longest = 10 * Relay(url="smtp://localhost").timeout
    unit = Unit(DEPLOY / "systemd" / "mailer-worker.service")
    assert int(unit["Service"]["TimeoutStopSec"]) > longest
    assert seconds(composition()["services"]["worker"]["stop_grace_period"]) > longest


def test_the_environment_names_settings_that_there_are() -> None:
    for _name, service in ours():
        for variable in service["environment"]:
            table, _, key = variable.removeprefix("MAILER_").lower().partition("__")
            if variable.startswith("MAILER_") and key:
                settings = Config.model_fields[table].annotation
                assert key in settings.model_fields, variable  # type: ignore[union-attr]


def test_what_waits_for_a_service_waits_for_one_that_there_is() -> None:
    services = composition()["services"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)


@pytest.mark.parametrize("name", ["Containerfile", "postfix.Containerfile"])
def test_what_is_copied_into_an_image_is_here(name: str) -> None:
    """And of the program all that its wheel is made of; none of it is kept from the builder."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    sources = [
        source
        for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert [source for source in sources if not (ROOT / source).exists()] == []
    let_through = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert [source for source in sources if f"!{source}" not in let_through] == []
    if name == "Containerfile":
        needed = {"pyproject.toml", "requirements.lock", "README.md", "LICENSE", "LICENSES"}
        assert set(sources) == needed | {"mailer", "subscribers", "templates"}
