"""``python -m tests.tools.changing_process``: calls a tool of two changes, to be killed within it.

It reads one line of JSON. After the first change it prints ``changed``; if it is told to, it stops
there, so that the second one is not sent.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from gateway.tools.context import Asked, CallContext
from tests.support.provider import StrictProvider
from tests.support.proxied import proxying
from tests.tools.conftest import write_tools

KEY = "order-7"


def asked(then: str) -> Asked:
    """The call: with ``then`` empty two changes, with ``hang`` one, and one without an answer."""
    return Asked(
        tool="relay_change_often",
        arguments={"times": 1 if then else 2, "then": then},
        tenant="default",
        user="alice",
        key_id="key_1",
        request_id="req_1",
        key=KEY,
    )


async def main(told: dict[str, Any]) -> None:
    """Call, up to the moment after the first change."""
    folder = Path(told["folder"])
    write_tools(folder)
    provider = StrictProvider(port=int(told["port"]), ca=told["ca"])

    def progress(*given: Any) -> None:
        print("changed", flush=True)
        if not told["then"]:
            signal.pause()

    context: Any = CallContext  # of no type: a method is replaced
    context.progress = progress
    async with proxying(
        told["mongodb_url"], told["database"], folder, provider, encryption_keys=told["keys"]
    ) as proxy:
        await proxy.harness.services.tool_calls.call(asked(told["then"]))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.stdin.readline())))
