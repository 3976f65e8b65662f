"""`python -m mailer.ops.provider PROFILE`: one line with the port; at the end, one with the load.

The profile is JSON. It ends when its standard input does, so that it never outlives its parent.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys

from mailer.ops.provider.conversation import Conversation
from mailer.ops.provider.profile import profile_from_json
from mailer.ops.provider.temper import Temper

_BACKLOG = 1024


async def _serve(document: str) -> None:
    profile = profile_from_json(document)
    temper = Temper(profile)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Conversation(profile, temper), "127.0.0.1", 0, backlog=_BACKLOG
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()
    print(json.dumps(dataclasses.asdict(temper.load)), flush=True)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
