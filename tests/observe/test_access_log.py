"""Access lines are written in batches and stay in order."""

from __future__ import annotations

import contextlib
import io
import json
from contextvars import Context
from datetime import UTC, datetime, timedelta

import pytest
import structlog

from gateway.observe.access_log import flush_logs, log_request
from gateway.observe.logs import configure_logs, get_logger
from tests.support.waiting import until

pytestmark = pytest.mark.usefixtures("_restored_logs")


@pytest.fixture
def stream() -> io.StringIO:
    """The lines on standard output."""
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        configure_logs("info", "json")
    # Otherwise the application's loggers would keep this configuration.
    structlog.configure(cache_logger_on_first_use=False)
    return stream


async def test_lines_are_written_in_the_order_of_their_events(stream: io.StringIO) -> None:
    """Access lines are written with a delay, but before later lines."""
    log_request("req_one", "GET", "/a", 200, 0.1)
    # In no request: an application that a test ran in this context has left its request id here.
    Context().run(get_logger().info, "between")
    for _ in range(1500):
        log_request("req_two", "POST", '/"b"', 404, 12.0)
    flush_logs()
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line.get("request_id") for line in found] == ["req_one", None, *["req_two"] * 1500]
    timestamps = [datetime.fromisoformat(line.pop("timestamp")) for line in found]
    assert timestamps == sorted(timestamps)
    assert datetime.now(UTC) - timestamps[0] < timedelta(minutes=1)
    assert found[-1] == {
        "request_id": "req_two",
        "method": "POST",
        "path": '/"b"',
        "status": 404,
        "ms": 12.0,
        "event": "request",
        "level": "info",
    }


async def test_an_access_line_is_written_soon_without_further_lines(stream: io.StringIO) -> None:
    log_request("req_one", "GET", "/a", 200, 0.1)

    async def written() -> bool:
        return stream.getvalue().startswith('{"request_id": "req_one", ')

    await until(written)


async def test_a_path_of_any_length_is_written_unchanged(stream: io.StringIO) -> None:
    paths = ["/short", "/" + 'long"' * 1_000, "/short"]
    for path in paths:
        log_request("req_one", "GET", path, 200, 0.1)
    flush_logs()
    found = [json.loads(line)["path"] for line in stream.getvalue().splitlines()]
    assert found == paths
