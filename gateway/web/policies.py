"""The API for policies of tools: ``/v1/policies`` (docs/policies.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from connectors.catalog import Catalog
from connectors.errors import ConnectorError
from gateway.engine.integration_names import LONGEST_NAME
from gateway.errors import InvalidRequest, RulesChanged
from gateway.services.own_names import own_name
from gateway.store.policies import Decision, PolicyRule, PolicySet
from gateway.tools.policy import MOST_RULES, MOST_STARS, PATTERN, RULE_ID, Difference, differences
from gateway.web.callers import administered_tenant
from gateway.web.inputs import Strict, UserId, read_json
from gateway.web.operation import Operation
from gateway.web.replies import reply
from gateway.web.state import services

MOST_DISABLED = 200

ConnectorName = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
EffectName = Literal["read", "write", "destructive"]


class PolicyRuleBody(Strict):
    """A decision for the tools whose name fits ``pattern``; ``*`` stands for any characters.

    With ``effect`` or ``user`` it is for tools of that effect, or for that user. A rule only
    tightens: of a tool's own decision and of all rules that fit, the strictest holds.
    """

    id: Annotated[str, Field(pattern=f"^{RULE_ID}$")]
    pattern: Annotated[str, Field(pattern=f"^{PATTERN}$")]
    decision: Literal["ask", "block"]
    effect: EffectName | None = None
    user: UserId | None = None


class PoliciesRequest(Strict):
    """All policies of the organisation. ``revision`` is that of the policies that they replace.

    ``disabled`` are connectors whose tools are not offered. With ``dry_run``, nothing is changed:
    the answer says what would be; a ``revision`` that is not the latest is refused all the same.
    """

    revision: Annotated[int, Field(ge=0)]
    rules: Annotated[tuple[PolicyRuleBody, ...], Field(max_length=MOST_RULES, strict=False)]
    disabled: Annotated[
        tuple[ConnectorName, ...], Field(max_length=MOST_DISABLED, strict=False)
    ] = ()
    dry_run: bool = False


class DifferenceReply(BaseModel):
    """A tool whose decision changes. ``off``: it is not offered. ``user``: for that user alone."""

    tool: str
    before: str
    after: str
    user: str | None


class PoliciesReply(BaseModel):
    """The policies, and the tools whose decision the request changes."""

    revision: int
    rules: list[PolicyRuleBody]
    disabled: list[str]
    changes: list[DifferenceReply]


async def list_policies(request: Request) -> Response:
    """List the organisation's policies."""
    tenant = await administered_tenant(request)
    return reply(_reply(await services(request).policies.read(tenant), []))


async def set_policies(request: Request) -> Response:
    """Replace the organisation's policies, or say what that would change."""
    tenant = await administered_tenant(request)
    wanted = await read_json(request, PoliciesRequest)
    given = services(request)
    rules = checked([rule_of(body) for body in wanted.rules])
    disabled = connectors_of(wanted.disabled, given.catalog, tenant)
    tools = await given.registry.of(tenant)
    old = await given.policies.read(tenant)
    if old.revision != wanted.revision:
        # Also for a dry run: its changes would be those of other policies than the caller knows.
        raise RulesChanged
    new = PolicySet(revision=old.revision, rules=tuple(rules), disabled=disabled)
    changes = all_differences(old, new, tools.tools())
    if not wanted.dry_run:
        new = await given.policies.set(
            tenant, rules=rules, disabled=disabled, revision=wanted.revision
        )
    return reply(_reply(new, changes))


def all_differences(
    old: PolicySet, new: PolicySet, tools: Sequence[Any]
) -> list[tuple[str | None, Difference]]:
    """Return the tools that change: for everybody, and for users with rules of their own.

    What changes for everybody is not repeated for a user for whom it changes in the same way.
    """
    everybody = differences(old, new, None, tools)
    found: list[tuple[str | None, Difference]] = [(None, one) for one in everybody]
    people = {rule.user for rule in (*old.rules, *new.rules) if rule.user is not None}
    for user in sorted(people):
        own = [one for one in differences(old, new, user, tools) if one not in everybody]
        found += [(user, one) for one in own]
    return found


def rule_of(body: PolicyRuleBody) -> PolicyRule:
    """Return the rule of a body; raise ``InvalidRequest`` for a pattern of too many stars."""
    if body.pattern.count("*") > MOST_STARS:
        raise InvalidRequest(f"rules: {body.pattern} has more than {MOST_STARS} of *")
    return PolicyRule(
        id=body.id,
        pattern=body.pattern,
        decision=Decision(body.decision),
        effect=body.effect,
        user=body.user,
    )


def checked(rules: Sequence[PolicyRule]) -> Sequence[PolicyRule]:
    """Return the rules; raise ``InvalidRequest`` if two have the same id, or there are too many."""
    if len({rule.id for rule in rules}) < len(rules):
        raise InvalidRequest("rules: two have the same id")
    if len(rules) > MOST_RULES:
        raise InvalidRequest(f"rules: there are at most {MOST_RULES}")
    return rules


def connectors_of(names: Sequence[str], catalog: Catalog, tenant: str) -> frozenset[str]:
    """Return the names of connectors; raise ``InvalidRequest`` for one that does not exist."""
    try:
        # An alias is stored as the name: tools name it so.
        return frozenset(catalog.described(own_name(catalog, tenant, name)).name for name in names)
    except ConnectorError:
        raise InvalidRequest("disabled: there is no such connector") from None


def _reply(policies: PolicySet, changes: list[tuple[str | None, Difference]]) -> PoliciesReply:
    return PoliciesReply(
        revision=policies.revision,
        rules=[
            PolicyRuleBody.model_validate(
                {
                    "id": rule.id,
                    "pattern": rule.pattern,
                    "decision": str(rule.decision),
                    "effect": rule.effect,
                    "user": rule.user,
                }
            )
            for rule in policies.rules
        ],
        disabled=sorted(policies.disabled),
        changes=[
            DifferenceReply(tool=one.tool, before=one.before, after=one.after, user=user)
            for user, one in changes
        ],
    )


_ERRORS = ("unauthorized", "forbidden", "store_unavailable")

OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/policies",
        handler=list_policies,
        summary="What may happen when tools are called",
        who="session or key",
        role="admin",
        reply=PoliciesReply,
        errors=_ERRORS,
    ),
    Operation(
        method="PUT",
        path="/v1/policies",
        handler=set_policies,
        summary="Set what may happen when tools are called",
        who="session or key",
        role="admin",
        request=PoliciesRequest,
        reply=PoliciesReply,
        errors=(*_ERRORS, "rules_changed", "invalid_request"),
    ),
]
