"""Approvals for the gateway's own tools: a person sees what it would do, and decides once.

The gate is that of a provider's tool. The request is a call of the gateway's own API, so it has no
account: it belongs to the deployment, and only an administrator decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.tooling import Effect
from gateway.errors import ToolAnswerUnexpected, ToolBlocked
from gateway.proxy.prepared import PreparedRequest
from gateway.store.connection import Connection, Method, SealedTokens, Status
from gateway.store.owners import PLATFORM
from gateway.tools.approvals import GATEWAY, Approvals
from gateway.tools.gate import AskedCall
from gateway.tools.integration_tool import IntegrationTool, Pin
from gateway.tools.policy import Policies
from gateway.tools.registry import Tool


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlCall:
    """A call of one of the gateway's own tools, and the request of its API that it stands for."""

    name: str
    description: str
    effect: Effect
    url: str
    arguments: Mapping[str, Any]
    tenant: str
    user: str
    key_id: str
    now: datetime


async def ask(call: ControlCall, approvals: Approvals, policies: Policies) -> None:
    """Let the call pass if a person has approved exactly it.

    Raises ``ToolBlocked``, ``ApprovalRequired`` and the other errors of ``Approvals.gate``.
    """
    tool = _tool(call)
    verdict = (await policies.decide(call.tenant, call.user, [tool]))[tool.name]
    if verdict.decision == "block":
        raise ToolBlocked
    asked = AskedCall(
        tool=tool,
        arguments=call.arguments,
        tenant=call.tenant,
        user=call.user,
        owner="platform",
        project=None,
        key_id=call.key_id,
        approval=None,
        wait_seconds=0,
        verdict=verdict,
    )
    await approvals.gate(asked)(
        PreparedRequest(
            method="POST",
            url=call.url,
            headers=[(b"content-type", b"application/json")],
            body=json.dumps(call.arguments, ensure_ascii=False).encode(),
            connection=_nobody(call),
        )
    )


def _tool(call: ControlCall) -> Tool:
    return Tool(
        name=call.name,
        description=call.description,
        needs=(),
        effect=call.effect,
        policy="ask",
        input_schema={},
        output_schema={},
        examples=(),
        # It is in no list of tools: an approval is bound to its arguments and its request.
        digest="",
        connectors=(GATEWAY,),
        scopes={},
        definition=IntegrationTool(
            name=call.name,
            integration=GATEWAY,
            connection=None,
            effect=call.effect,
            call={},
            digest="",
            pin=Pin.ACCEPTED,
            is_single=True,
            named_path="",
            run=_never,
        ),
        file="gateway",
    )


async def _never(*_: object) -> Any:
    raise ToolAnswerUnexpected


def _nobody(call: ControlCall) -> Connection:
    """Return the account of a request that needs none."""
    return Connection(
        id=GATEWAY,
        tenant=call.tenant,
        owner=PLATFORM,
        connector=GATEWAY,
        method=Method.API_KEY,
        external_account_id=GATEWAY,
        account_label="The gateway itself",
        metadata={},
        connection_config={},
        environment="",
        requested_scopes=(),
        granted_scopes=(),
        status=Status.ACTIVE,
        status_reason=None,
        status_since=call.now,
        failing_since=None,
        is_default=True,
        tokens=SealedTokens(
            access_token=b"",
            refresh_token=None,
            encryption_key="",
            token_type="",
            issued_at=call.now,
            expires_at=None,
            fresh_until=None,
        ),
        generation=1,
        lease_owner=None,
        created_at=call.now,
        updated_at=call.now,
        last_used_at=None,
    )
