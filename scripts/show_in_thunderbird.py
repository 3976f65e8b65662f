"""Show a message in Debian's Thunderbird, on a screen that nobody sees, and take its picture.

    python scripts/show_in_thunderbird.py out/2021-01.eml picture.png [--dark] [--width 720]

Thunderbird starts with a profile of its own that is thrown away, asks nothing of the network, and
is ended afterwards. Needs the Debian packages thunderbird and xvfb.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

SETTLED_S, DEADLINE_S = 6, 90  # a picture that stays the same for so long; when to give up
PREFERENCES = {
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
    "mail.spotlight.firstRunDone": True,
    "mailnews.start_page.enabled": False,
    "mailnews.start_page_override.mstone": "ignore",
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,  # discard (RFC 863): nobody is there
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.type": 1,
    # an account for local folders alone, so that none is asked for
    "mail.account.account1.server": "server1",
    "mail.accountmanager.accounts": "account1",
    "mail.accountmanager.localfoldersserver": "server1",
    "mail.server.server1.hostname": "Local Folders",
    "mail.server.server1.name": "Local Folders",
    "mail.server.server1.type": "none",
    "mail.server.server1.userName": "nobody",
}


def main() -> None:
    parser = argparse.ArgumentParser(description="show a message in Thunderbird")
    parser.add_argument("message", type=Path, help="an .eml file")
    parser.add_argument("picture", type=Path, help="the .png file to write")
    parser.add_argument("--dark", action="store_true", help="as on a system that is dark")
    parser.add_argument("--width", type=int, default=760, help="of the window, in pixels")
    parser.add_argument("--height", type=int, default=1400, help="of the window, in pixels")
    options = parser.parse_args()
    for program in ("thunderbird", "Xvfb"):
        if shutil.which(program) is None:
            parser.error(f"{program} is missing: apt-get install thunderbird xvfb")
    with tempfile.TemporaryDirectory() as folder:
        size = (options.width, options.height)
        shown = screenshot(options.message.resolve(), Path(folder), size, options.dark)
    shown.save(options.picture)


def screenshot(message: Path, folder: Path, size: tuple[int, int], dark: bool) -> Image.Image:
    """What the screen shows once it has stopped changing; raises TimeoutError."""
    profile = folder / "profile"
    profile.mkdir()
    preferences = PREFERENCES | {"ui.systemUsesDarkTheme": int(dark)}
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in preferences.items()]
    (profile / "user.js").write_text("\n".join(lines))
    window = {"screenX": "0", "screenY": "0", "width": str(size[0]), "height": str(size[1])}
    remembered = {"chrome://messenger/content/messageWindow.xhtml": {"messengerWindow": window}}
    (profile / "xulstore.json").write_text(json.dumps(remembered))
    with _screen(folder, size) as display, _thunderbird(message, profile, display):
        return _settled(folder / "Xvfb_screen0")


@contextlib.contextmanager
def _screen(folder: Path, size: tuple[int, int]) -> Iterator[str]:
    """A screen in memory, which the X server keeps in a file as well."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{size[0]}x{size[1]}x24",
               "-fbdir", str(folder), "-nolisten", "tcp"]  # fmt: skip
    with _running(command, os.environ, pass_fds=(writer,)):
        os.close(writer)
        with os.fdopen(reader) as announced:
            yield f":{announced.readline().strip()}"


@contextlib.contextmanager
def _thunderbird(message: Path, profile: Path, display: str) -> Iterator[None]:
    environment = {**os.environ, "DISPLAY": display, "HOME": str(profile)}
    command = ["thunderbird", "--profile", str(profile), "--no-remote", str(message)]
    with _running(command, environment):
        yield


@contextlib.contextmanager
def _running(
    command: list[str], environment: object, pass_fds: tuple[int, ...] = ()
) -> Iterator[None]:
    """A process and those that it starts, ended in the end."""
    process = subprocess.Popen(  # noqa: S603 - one of two programs, named above
        command, env=environment, pass_fds=pass_fds, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        os.killpg(process.pid, 15)
        process.wait()


def _settled(framebuffer: Path) -> Image.Image:
    started = changed = time.monotonic()
    shown = read_xwd(framebuffer.read_bytes())
    while time.monotonic() - started < DEADLINE_S:
        time.sleep(1)
        now = read_xwd(framebuffer.read_bytes())
        if now.tobytes() != shown.tobytes():
            shown, changed = now, time.monotonic()
        is_blank = len(shown.getcolors(256) or [0] * 256) < 64
        if time.monotonic() - changed >= SETTLED_S and not is_blank:
            return shown
    raise TimeoutError(f"Thunderbird showed nothing within {DEADLINE_S} s")


def read_xwd(dump: bytes) -> Image.Image:
    """The X server's dump of a screen (XWDFile.h, version 7), four octets a pixel."""
    fields = struct.unpack(">25I", dump[:100])
    header, width, height, line, colours = (fields[n] for n in (0, 4, 5, 12, 19))
    start = header + 12 * colours
    pixels = dump[start : start + line * height]
    return Image.frombytes("RGB", (width, height), pixels, "raw", "BGRX", line)


if __name__ == "__main__":
    main()
