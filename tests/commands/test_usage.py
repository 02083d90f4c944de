"""``gateway usage``: sums on the command line."""

from __future__ import annotations

import asyncio
import os

import pytest

from gateway.__main__ import main
from gateway.clock import utc_now
from gateway.settings.environment import Driver
from gateway.store.mongo import open_database
from tests.support.metering import Metering, price

pytestmark = pytest.mark.usefixtures("deployment")


async def _record() -> None:
    async with open_database(
        os.environ["GATEWAY_MONGODB_URL"], os.environ["GATEWAY_MONGODB_DATABASE"], Driver.MOTOR
    ) as database:
        metering = Metering(database, utc_now, [price()])
        for user in ("alice", "bob", "bob"):
            await metering.make(user=user, method="POST", path="/v1/search")
        await metering.make(user="eve\x1b[31m")
        await metering.writer.flush()


def test_usage_prints_the_sums_of_one_tenant(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(_record())
    assert main(["usage", "--by", "user,connector"]) == 0
    printed, titles = capsys.readouterr()
    assert titles.split() == [
        *(
            "USER",
            "CONNECTOR",
            "CALLS",
            "ANSWERED",
            "REFUSED",
            "SENT",
            "RECEIVED",
            "COST",
            "UNKNOWN",
        )
    ]
    lines = [line.split() for line in printed.splitlines()]
    assert lines[0] == ["bob", "notes", "2", "2", "0", "20", "180", "0.02", "USD", "0"]
    assert lines[1] == ["alice", "notes", "1", "1", "0", "10", "90", "0.01", "USD", "0"]
    assert lines[2][-2:] == ["-", "1"]  # its price is not known
    assert "\x1b" not in printed

    assert main(["usage"]) == 0
    assert capsys.readouterr().out.startswith(utc_now().date().isoformat())
    for nothing in (["--tenant", "other"], ["--user", "carol"], ["--until", "2020-01-01"]):
        assert main(["usage", *nothing]) == 0
        assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "options", [["--since", "yesterday"], ["--by", "tenant"], ["--result", "x"]]
)
def test_usage_refuses_an_invalid_filter(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["usage", *options])
    assert options[0] in capsys.readouterr().err
