"""The tenant in Microsoft's id_token, which the connector reads by its own code."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from connectors.catalog.microsoft import fetch_account_info
from connectors.errors import AccountUnreadable
from tests.connectors.test_account import Answer, Context

ME = {"id": "6a2f", "mail": "ana@contoso.com"}


def id_token(claims: bytes) -> str:
    """A signed token with these bytes as its claims."""
    return f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.sig"


def context(token: Any, answer: Answer | None = None) -> Context:
    return Context(token_response={"id_token": token}, answer=answer or Answer(200, ME))


@pytest.mark.requirement("C6")
async def test_the_same_object_id_in_another_tenant_is_another_account() -> None:
    """An object id is unique in its tenant only."""
    accounts = [
        (await fetch_account_info(context(id_token(b'{"tid": "%s"}' % tenant)))).external_account_id
        for tenant in (b"one", b"two")
    ]
    assert accounts == ["one:6a2f", "two:6a2f"]


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        7,
        "no-token",
        "e30.%%%.sig",
        "e30.é.sig",
        "e30.A.sig",
        id_token(b"tid"),
        id_token(b"\xff"),
        id_token(b'["tid"]'),
        id_token(b"[" * 5000),
        id_token(b"{}"),
        id_token(b'{"tid": ""}'),
        id_token(b'{"tid": {"tid": "x"}}'),
    ],
    ids=[
        "null",
        "empty",
        "a number",
        "no JWT",
        "no base64",
        "not ASCII",
        "half a byte",
        "no JSON",
        "no UTF-8",
        "a list",
        "too deep",
        "no tid",
        "empty tid",
        "tid is no text",
    ],
)
async def test_an_id_token_without_a_tenant_is_no_account(token: Any) -> None:
    with pytest.raises(AccountUnreadable, match=r"tenant|JWT"):
        await fetch_account_info(context(token))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(200, {"mail": "ana@contoso.com"}), "no object id"),
        (Answer(401, ME), "endpoint answered 401"),
        (Answer(503, ME), "endpoint answered 503"),
    ],
    ids=["no id", "401", "503"],
)
async def test_an_answer_without_the_object_is_no_account(answer: Answer, reason: str) -> None:
    with pytest.raises(AccountUnreadable, match=reason):
        await fetch_account_info(context(id_token(b'{"tid": "one"}'), answer))
