"""The API for what an organisation allows: ``/v1/connector-rules``."""

from __future__ import annotations

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from gateway.store.connector_rules import ConnectorRule
from gateway.web.callers import administered_tenant, named_connector
from gateway.web.inputs import Strict, read_json
from gateway.web.operation import Operation
from gateway.web.replies import reply
from gateway.web.state import services


class RuleRequest(Strict):
    """Whether the organisation uses the connector, and whether people connect accounts of theirs.

    Without ``personal``, tools get the connections of the organisation only.
    """

    enabled: bool
    personal: bool


class RuleReply(BaseModel):
    """The rule of a connector."""

    connector: str
    enabled: bool
    personal: bool


class RuleListReply(BaseModel):
    """The rules that were set, by connector. All others allow everything."""

    rules: list[RuleReply]


async def list_rules(request: Request) -> Response:
    """List the organisation's rules."""
    tenant = await administered_tenant(request)
    rules = await services(request).rules.all_of(tenant)
    found = [_shown(name, rule) for name, rule in sorted(rules.items())]
    return reply(RuleListReply(rules=found))


async def set_rule(request: Request) -> Response:
    """Set the organisation's rule for one connector."""
    tenant = await administered_tenant(request)
    wanted = await read_json(request, RuleRequest)
    name = named_connector(request, tenant).name
    rule = ConnectorRule(enabled=wanted.enabled, personal=wanted.personal)
    await services(request).rules.set(tenant, name, rule)
    return reply(_shown(name, rule))


def _shown(connector: str, rule: ConnectorRule) -> RuleReply:
    return RuleReply(connector=connector, enabled=rule.enabled, personal=rule.personal)


_ERRORS = ("unauthorized", "forbidden", "store_unavailable")

OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/connector-rules",
        handler=list_rules,
        summary="What the organisation allows",
        who="session or key",
        role="admin",
        reply=RuleListReply,
        errors=_ERRORS,
    ),
    Operation(
        method="PUT",
        path="/v1/connector-rules/{name}",
        handler=set_rule,
        summary="Switch a connector off, or forbid personal connections of it",
        who="session or key",
        role="admin",
        request=RuleRequest,
        reply=RuleReply,
        errors=(*_ERRORS, "connector_unknown", "invalid_request"),
    ),
]
