"""Log lines, and secrets that they must never hold (security J1)."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import io
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import structlog
from starlette.types import Receive, Scope, Send

from connectors.context import ConnectionContext, Tokens
from connectors.secret import Secret
from gateway.errors import UnreadableResponse
from gateway.observe.access_log import flush_logs
from gateway.observe.logs import configure_logs, get_logger, in_request
from gateway.observe.masking import mask_credentials
from gateway.outbound.client import open_outbound
from gateway.outbound.egress import EgressPolicy
from gateway.server.run import server_for
from gateway.services.provider import Grant, Provider
from gateway.web.middleware import Envelope
from tests.support.configs import make_config
from tests.support.silent import bulkhead

CANARY = "canary-7Qm2"

Lines = Callable[[], list[dict[str, Any]]]


def configured(level: str, log_format: str) -> Callable[[], str]:
    """Configure the logs; return a function that reads the new output."""
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        configure_logs(level, log_format)
    # Otherwise the application's loggers would keep this configuration.
    structlog.configure(cache_logger_on_first_use=False)

    def read() -> str:
        flush_logs()
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        return text

    return read


@pytest.fixture
def lines() -> Lines:
    """Configure the level ``info``; return a function that reads the new lines."""
    read = configured("info", "json")
    return lambda: [json.loads(line) for line in read().splitlines()]


@pytest.fixture
def all_lines() -> Lines:
    """Configure the level ``debug``; return a function that reads the new lines."""
    read = configured("debug", "json")
    return lambda: [json.loads(line) for line in read().splitlines()]


@pytest.mark.parametrize(
    "name",
    [
        "access_token",
        "refresh_token",
        "token",
        "id_token",
        "secret",
        "client_secret",
        "password",
        "code",
        "auth_code",
        "authorization_code",
        "state",
        "verifier",
        "code_verifier",
        "authorization",
        "Authorization",
        "cookie",
        "set_cookie",
        "api_key",
        "csrf",
        "query",
        "body",
        "old_token",
        "TOKEN",
    ],
)
def test_a_field_that_is_named_like_a_credential_is_masked(name: str) -> None:
    assert mask_credentials(None, "info", {"event": "x", name: CANARY})[name] == "***"
    assert mask_credentials(None, "info", {"event": "x", name: {"a": CANARY}})[name] == "***"


@pytest.mark.parametrize(
    "name",
    [
        "connector",
        "status",
        "status_code",
        "provider_code",
        "error_code",
        "tokens_left",
        "codec",
        "statement",
        "token_type",
        "query_ms",
        "key_id",
        "reason",
    ],
)
def test_other_fields_stay_readable(name: str) -> None:
    """Operators need the provider's error code (``invalid_grant``)."""
    assert mask_credentials(None, "info", {"event": "x", name: "plain"})[name] == "plain"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Authorization: Bearer {CANARY}", "Authorization: Bearer ***"),
        (f"sent 'basic {CANARY}=='", "sent 'basic ***'"),
        (f"GET https://a.example/cb?code={CANARY}&state=s", "GET https://a.example/cb"),
        (f"to https://a.example/#access_token={CANARY} now", "to https://a.example/ now"),
        (f'"http://localhost:1/x?{CANARY}"', '"http://localhost:1/x"'),
        ("bearer of bad news", "bearer *** bad news"),
        ("https://a.example/path", "https://a.example/path"),
    ],
)
def test_credentials_and_queries_inside_a_text_are_masked(text: str, shown: str) -> None:
    for field in ("event", "detail"):
        event = mask_credentials(None, "info", {"event": "x"} | {field: text})
        assert event[field] == shown


def test_a_line_is_json_with_time_level_and_the_requests_id(lines: Lines) -> None:
    contextvars.copy_context().run(_log_in_a_request, lines)


def _log_in_a_request(lines: Lines) -> None:
    in_request("req_1")
    get_logger(connector="acme").info("connected", account="id-1")
    logging.getLogger("somebody.else").warning("hello %s", "world")
    ours, theirs = lines()
    assert datetime.fromisoformat(ours.pop("timestamp")).tzinfo is not None
    assert ours == {
        "event": "connected",
        "level": "info",
        "connector": "acme",
        "account": "id-1",
        "request_id": "req_1",
    }
    assert (theirs["event"], theirs["level"]) == ("hello world", "warning")


def test_secrets_and_tokens_in_a_line_do_not_show(lines: Lines) -> None:
    tokens = Tokens(
        access_token=Secret(CANARY),
        refresh_token=Secret(CANARY),
        token_type="Bearer",
        expires_at=None,
        scopes=(),
    )
    get_logger().info(
        "x", value=str(Secret(CANARY)), tokens=repr(tokens), config=repr(make_config())
    )
    logging.getLogger("else").warning("%s %r %s", Secret(CANARY), tokens, [Secret(CANARY)])
    assert CANARY not in json.dumps(lines())


async def _access(query: bytes, status: int = 204) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    transport = httpx.ASGITransport(Envelope(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway.test") as client:
        await client.get("/v1/connectors/notion/callback?" + query.decode())


@pytest.mark.requirement("J1")
async def test_the_access_log_has_the_path_and_never_the_query(lines: Lines) -> None:
    """Query strings hold codes and states."""
    await _access(f"code={CANARY}&state={CANARY}".encode())
    (line,) = lines()
    assert {name: line[name] for name in ("event", "method", "path", "status")} == {
        "event": "request",
        "method": "GET",
        "path": "/v1/connectors/notion/callback",
        "status": 204,
    }
    assert line["request_id"].startswith("req_")
    assert CANARY not in json.dumps(line)


@pytest.mark.requirement("J1")
def test_the_servers_own_access_log_is_off(lines: Lines) -> None:
    """uvicorn's access log prints the query."""
    config = server_for(object(), host="127.0.0.1", port=0).config
    assert config.access_log is False
    logging.getLogger("uvicorn.access").info('"GET /callback?code=%s HTTP/1.1" 303', CANARY)
    assert lines() == []


def _fail() -> None:
    raise ValueError(f"could not use {CANARY}")


@pytest.mark.requirement("J1")
def test_an_exception_is_logged_by_type_and_place_and_not_by_its_message(lines: Lines) -> None:
    """A message may quote a client's input."""
    try:
        _fail()
    except ValueError as error:
        get_logger().exception("ours")
        get_logger().error("ours, handed over", exc_info=error)
        get_logger().error("ours, as a triple", exc_info=(type(error), error, error.__traceback__))
        logging.getLogger("else").exception("theirs")
        logging.getLogger("uvicorn.error").error("Exception in ASGI application\n", exc_info=error)
        triple = (type(error), error, error.__traceback__)
    logging.getLogger("else").error("theirs, later", exc_info=triple)
    found = lines()
    assert [line["event"] for line in found] == [
        "ours",
        "ours, handed over",
        "ours, as a triple",
        "theirs",
        "Exception in ASGI application",
        "theirs, later",
    ]
    for line in found:
        assert line["error"] == "ValueError"
        assert line["at"].startswith("test_logs.py:")
        assert line["at"].endswith(" _fail")
        assert CANARY not in json.dumps(line)


@pytest.mark.requirement("J1")
def test_an_unretrieved_task_error_is_logged_without_its_message(lines: Lines) -> None:
    """Asyncio logs the task with its exception and message."""

    async def fail() -> None:
        _fail()

    async def forget() -> None:
        await asyncio.wait([asyncio.ensure_future(fail())])
        gc.collect()

    asyncio.run(forget())
    (line,) = lines()
    assert line["event"] == "Task exception was never retrieved"
    assert line["error"] == "ValueError"
    assert CANARY not in json.dumps(line)


@pytest.mark.requirement("J1")
async def test_an_error_of_a_connectors_code_is_logged_without_its_message(lines: Lines) -> None:
    """Rule 7, J1: the log has the location of the failure, without the quoted token."""

    async def lookup(ctx: ConnectionContext) -> Any:
        raise RuntimeError(f"bad token {ctx.tokens.access_token.reveal()}")

    tokens = Tokens(
        access_token=Secret(CANARY),
        refresh_token=None,
        token_type="Bearer",
        expires_at=None,
        scopes=(),
    )
    async with open_outbound(EgressPolicy(), bulkhead()) as outbound:
        provider = Provider(outbound, lambda: datetime.now(UTC))
        grant = Grant(tokens=tokens, token_response={"access_token": CANARY})
        with pytest.raises(UnreadableResponse, match="the account could not be read") as caught:
            await provider.account(make_config(fetch_account_info=lookup), grant, {})
    (line,) = lines()
    assert (line["event"], line["connector"], line["error"]) == (
        "account_lookup_failed",
        "acme",
        "RuntimeError",
    )
    assert CANARY not in json.dumps(line) + repr(grant) + str(caught.value)


@pytest.mark.requirement("J1")
@pytest.mark.parametrize(
    "name",
    [
        "httpx",
        "httpcore.http11",
        "httpcore.connection",
        "pymongo.command",
        "motor",
        "asyncio",
        "uvicorn.access",
        "uvicorn.error",
        "authlib.oauth2",
        "hpack.hpack",
    ],
)
def test_libraries_that_print_urls_and_headers_are_quiet_at_every_level(
    all_lines: Lines, name: str
) -> None:
    """Httpx logs URLs at INFO; httpcore and PyMongo log headers and commands at DEBUG."""
    logging.getLogger(name).debug(CANARY)
    logging.getLogger(name).info(CANARY)
    logging.getLogger(name).warning("still heard")
    assert [line["event"] for line in all_lines()] == ["still heard"]


@pytest.mark.requirement("J1")
async def test_a_request_to_a_provider_leaves_no_line(all_lines: Lines) -> None:
    """This holds at INFO and at DEBUG."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200))
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get(f"https://provider.example/token?code={CANARY}")
    assert all_lines() == []


def test_the_console_form_hides_the_same() -> None:
    read = configured("info", "console")
    try:
        _fail()
    except ValueError:
        get_logger().exception("failed", token=CANARY, url=f"https://a.example/?{CANARY}")
    printed = read()
    assert "failed" in printed
    assert "ValueError" in printed
    assert CANARY not in printed
