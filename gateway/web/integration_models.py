"""Integrations as ``/v1/integrations`` shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from gateway.clock import rfc3339
from gateway.engine.integration import AuthMethod, Claim, Definition, Skipped
from gateway.engine.integration_names import tool_name
from gateway.integrations.listing import Listed
from gateway.integrations.reading import Preview, about_tokens
from gateway.integrations.removal import Removed
from gateway.integrations.tool_review import Changed, Refreshed
from gateway.store.integration_tools import StoredTool
from gateway.store.integrations import Integration
from gateway.web.integration_replies import (
    AuthMethodReply,
    ChangeReply,
    ClaimReply,
    DefinitionReply,
    DetectReply,
    IntegrationReply,
    IntegrationToolReply,
    IntegrationToolsReply,
    OAuthReply,
    OperationReply,
    PlacementReply,
    PreviewReply,
    RefreshReply,
    RemovedReply,
    SkippedReply,
)


def integration_reply(listed: Listed) -> IntegrationReply:
    """Return the public form of an integration."""
    return IntegrationReply(**integration_members(listed))


def integration_members(listed: Listed) -> dict[str, Any]:
    """Return the members of an ``IntegrationReply``."""
    added = listed.added
    return {
        "slug": listed.slug,
        "name": listed.name,
        "description": listed.description,
        "kind": listed.kind,
        "canRemove": listed.can_remove,
        "canRefresh": listed.can_refresh,
        "authMethods": [method_reply(each) for each in listed.methods],
        "displayUrl": listed.display_url or None,
        "connector": listed.connector,
        "tools": listed.tools,
        "waiting": listed.waiting,
        "baseUrl": None if added is None else added.base_url,
        "version": None if added is None else added.version,
        "notes": [] if added is None else list(added.notes),
        "createdAt": None if added is None else rfc3339(added.created_at),
        "createdBy": None if added is None else added.created_by,
        "updatedAt": None if added is None else rfc3339(added.updated_at),
    }


def method_reply(method: AuthMethod) -> AuthMethodReply:
    """Return the public form of an auth template."""
    oauth = method.oauth
    return AuthMethodReply(
        id=method.slug,
        template=method.slug,
        kind=method.kind,
        title=method.title,
        placements=[
            PlacementReply(
                carrier=place.carrier,
                name=place.name,
                prefix=place.prefix,
                variable=place.variable,
                literal=place.literal,
            )
            for place in method.placements
        ],
        basic=method.basic,
        oauth=None
        if oauth is None
        else OAuthReply(
            flow=oauth.flow,
            authorizationUrl=oauth.authorization_url,
            tokenUrl=oauth.token_url,
            refreshUrl=oauth.refresh_url,
            scopes=dict(oauth.scopes),
            discoveryUrl=oauth.discovery_url,
            supportsDynamicRegistration=oauth.supports_dynamic_registration,
        ),
    )


def claims_reply(claims: Iterable[Claim]) -> DetectReply:
    """Return the claims about a URL."""
    return DetectReply(
        [
            ClaimReply(
                kind=str(claim.kind),
                confidence=str(claim.confidence),
                endpoint=claim.endpoint,
                name=claim.name,
                slug=claim.slug,
            )
            for claim in claims
        ]
    )


def preview_reply(preview: Preview) -> PreviewReply:
    """Return what would be added."""
    found = preview.description
    return PreviewReply(
        kind=str(found.kind),
        name=found.name,
        description=found.description,
        version=found.version,
        slug=preview.slug,
        endpoint=preview.endpoint,
        baseUrl=preview.base_url,
        servers=list(found.servers),
        authMethods=[method_reply(each) for each in found.methods],
        operations=[
            OperationReply(
                name=each.name,
                description=each.description,
                effect=each.effect,
                tokens=about_tokens([each]),
                digest=each.digest,
            )
            for each in found.definitions
        ],
        skipped=skipped_replies(found.skipped),
        notes=list(found.notes),
        tokens=preview.tokens,
        digest=preview.digest,
    )


def skipped_replies(skipped: Iterable[Skipped]) -> list[SkippedReply]:
    """Return the operations that become no tools."""
    return [SkippedReply(name=each.name, code=each.code, reason=each.reason) for each in skipped]


def definition_reply(definition: Definition | None) -> DefinitionReply | None:
    """Return a definition, if there is one."""
    if definition is None:
        return None
    return DefinitionReply(
        name=definition.name,
        description=definition.description,
        effect=definition.effect,
        inputSchema=dict(definition.input_schema),
        outputSchema=dict(definition.output_schema),
        call=dict(definition.call),
        scopes=list(definition.scopes),
        digest=definition.digest,
    )


def removed_reply(done: Removed) -> RemovedReply:
    """Return what a removal says."""
    return RemovedReply(
        removed=True, connections=done.connections, revoked=done.revoked, rules=done.rules
    )


def refresh_reply(done: Refreshed) -> RefreshReply:
    """Return what reading an integration again changed."""
    return RefreshReply(
        changes=[_change_reply(each) for each in done.changes],
        skipped=skipped_replies(done.skipped),
        tokens=done.tokens,
        digest=done.digest or None,
        later=done.later,
    )


def _change_reply(change: Changed) -> ChangeReply:
    return ChangeReply(
        name=change.name,
        before=definition_reply(change.before),
        after=definition_reply(change.after),
    )


def tools_reply(row: Integration, tools: Iterable[StoredTool]) -> IntegrationToolsReply:
    """Return the tools of an integration."""
    found = list(tools)
    offered: Mapping[str, Definition] = {
        each.name: each.definition for each in found if each.enabled
    }
    return IntegrationToolsReply(
        tools=[_tool_reply(row, each) for each in found], tokens=about_tokens(offered.values())
    )


def _tool_reply(row: Integration, tool: StoredTool) -> IntegrationToolReply:
    shown = definition_reply(tool.definition)
    assert shown is not None  # noqa: S101 - for the type checker: a tool has a definition
    return IntegrationToolReply(
        name=tool.name,
        tool=tool_name(row.slug, tool.name),
        connection=tool.connection,
        state=state_of(row, tool),
        enabled=tool.enabled,
        effect=tool.effect or tool.definition.effect,
        effectSaid=tool.effect,
        digest=tool.digest,
        definition=shown,
        before=definition_reply(tool.before),
        syncedAt=rfc3339(tool.synced_at),
    )


def state_of(row: Integration, tool: StoredTool) -> Literal["accepted", "new", "changed"]:
    """Return whether somebody accepted what the tool is now."""
    if tool.is_accepted(row.base_url):
        return "accepted"
    return "changed" if tool.accepted else "new"
