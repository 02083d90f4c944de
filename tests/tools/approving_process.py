"""``python -m tests.tools.approving_process``: repeats an approved call, and stops before it sends.

It reads one line of JSON, prints ``used`` when the approval is used up, and waits to be killed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.support.approving import Call
from tests.support.provider import StrictProvider
from tests.support.proxied import proxying
from tests.tools.conftest import write_tools


async def main(told: dict[str, str]) -> None:
    """Call, up to the moment between the approval and the request."""
    folder = Path(told["folder"])
    write_tools(folder)
    provider = StrictProvider(port=int(told["port"]), ca=told["ca"])
    async with proxying(
        told["mongodb_url"], told["database"], folder, provider, encryption_keys=told["keys"]
    ) as proxy:

        async def stop(step: str) -> None:
            print(step, flush=True)
            await asyncio.Event().wait()

        object.__setattr__(proxy.harness.services.approvals, "checkpoint", stop)
        await Call(arguments={"title": "Plan"}).send(proxy)


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.stdin.readline())))
