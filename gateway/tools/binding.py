"""The facts of a call that an approval is bound to, and their digest (design rule 12)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from gateway.engine.canonical import canonical_json
from gateway.errors import ApprovalNotShowable
from gateway.proxy.prepared import PreparedRequest
from gateway.tools.gate import AskedCall

_NOT_BOUND = frozenset({"idempotency-key", "mcp-session-id"})
"""Header fields that are another one for a repeat, and that change nothing else."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Binding:
    """The facts that an approval is bound to: with any other one, it is no approval.

    ``grant`` counts connects and reconnects of the connection. Its generation grows with each
    refresh, too, and would make the approvals of an hourly token void for no reason. ``change``
    says which change of the call it is: the tool's definition says how many there may be.
    """

    tool: str
    tool_digest: str
    arguments: Mapping[str, Any] = field(repr=False)
    tenant: str
    user: str
    owner: str
    connection: str
    account: str
    grant: int
    method: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body_sha256: str
    change: int
    policy_rule: str | None
    policy_revision: int

    def digest(self) -> str:
        """Return the SHA-256 of the facts in canonical JSON, in hexadecimal.

        Raises ``ApprovalNotShowable`` for arguments that JSON cannot say exactly.
        """
        try:
            return hashlib.sha256(canonical_json(asdict(self))).hexdigest()
        except (ValueError, RecursionError):
            raise ApprovalNotShowable("the arguments have no exact form in JSON") from None


def binding_of(
    call: AskedCall, prepared: PreparedRequest, *, rule: str | None, revision: int
) -> Binding:
    """Return what an approval of a call is bound to; ``rule`` and ``revision`` are the policy's."""
    connection = prepared.connection
    return Binding(
        tool=call.tool.name,
        tool_digest=call.tool.digest,
        arguments=call.arguments,
        tenant=call.tenant,
        user=call.user,
        owner=connection.owner,
        connection=connection.id,
        account=connection.external_account_id,
        grant=connection.grant,
        method=prepared.method,
        url=prepared.url,
        headers=headers_of(prepared),
        body_sha256=hashlib.sha256(prepared.body).hexdigest(),
        change=prepared.change,
        policy_rule=rule,
        policy_revision=revision,
    )


def headers_of(prepared: PreparedRequest) -> tuple[tuple[str, str], ...]:
    """Return the header fields of a request that count, sorted by name."""
    texts = [(n.decode("latin-1").lower(), v.decode("latin-1")) for n, v in prepared.headers]
    return tuple(sorted(pair for pair in texts if pair[0] not in _NOT_BOUND))
