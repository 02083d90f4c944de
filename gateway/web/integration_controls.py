"""The gateway's own tools for integrations: an agent of an administrator looks, and asks to add.

A person approves each look at a URL and each addition, as it stands: an agent could be talked into
reading an address that tells somebody what it knows.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from connectors.tooling import Effect
from gateway.engine.integration import Kind as KindName
from gateway.engine.integration_names import LONGEST_SLUG
from gateway.integrations.adding import MAX_NAME, New
from gateway.integrations.fetch import MAX_URL
from gateway.integrations.reading import Given, about_tokens
from gateway.mcp.control import Control
from gateway.mcp.principal import Principal
from gateway.tools.control_approval import ControlCall, ask
from gateway.web.integration_models import claims_reply, integration_reply, skipped_replies
from gateway.wiring.process import Services

MOST_SHOWN = 200
"""Operations of a preview that an agent reads."""
_URL = Annotated[str, Field(min_length=1, max_length=MAX_URL)]


class _Args(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class NoArgs(_Args):
    """Nothing."""


class DetectArgs(_Args):
    """The URL that the user has."""

    url: Annotated[_URL, Field(description="The address of an API or of its description.")]


class PreviewArgs(DetectArgs):
    """What to look at."""

    kind: Annotated[
        Literal["openapi", "graphql", "mcp"] | None,
        Field(description="What it is; found out without it."),
    ] = None


class AddArgs(PreviewArgs):
    """What to add: exactly what a preview has shown."""

    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="`digest` of the preview.")]
    slug: Annotated[
        str | None, Field(min_length=1, max_length=LONGEST_SLUG, description="Its short name.")
    ] = None
    name: Annotated[
        str | None, Field(min_length=1, max_length=MAX_NAME, description="Its name for people.")
    ] = None
    operations: Annotated[
        list[Annotated[str, Field(max_length=64)]] | None,
        Field(max_length=MOST_SHOWN, description="Names of the operations to offer; else all."),
    ] = None


def integration_controls(given: Services) -> list[Control]:
    """Return the tools, which exist for agents of administrators alone."""
    service = given.integration_service

    async def may(principal: Principal) -> bool:
        if principal.via == "key":
            return principal.manages_integrations
        return await given.sessions.administers(principal.tenant, principal.user)

    async def list_them(principal: Principal, args: NoArgs) -> dict[str, Any]:
        found = await service.list_for(principal.tenant)
        return {"integrations": [_json(integration_reply(each)) for each in found]}

    async def detect(principal: Principal, args: DetectArgs) -> dict[str, Any]:
        return {"claims": _json(claims_reply(await service.detect(principal.tenant, args.url)))}

    async def preview(principal: Principal, args: PreviewArgs) -> dict[str, Any]:
        found = await service.preview(principal.tenant, _given(args))
        said = found.description
        return {
            "kind": str(said.kind),
            "name": said.name,
            "slug": found.slug,
            "baseUrl": found.base_url,
            "digest": found.digest,
            "about_tokens": found.tokens,
            "operations": [
                {"name": each.name, "effect": each.effect, "about_tokens": about_tokens([each])}
                for each in said.definitions[:MOST_SHOWN]
            ],
            "operations_count": len(said.definitions),
            "skipped_count": len(said.skipped),
            "authMethods": [each.slug for each in said.methods],
        }

    async def add(principal: Principal, args: AddArgs) -> dict[str, Any]:
        added = await service.add(
            principal.tenant,
            New(
                given=_given(args),
                slug=args.slug or "",
                name=args.name or "",
                operations=None if args.operations is None else frozenset(args.operations),
                digest=args.digest,
            ),
        )
        return {
            "integration": _json(integration_reply(added.integration)),
            "skipped": [_json(each) for each in skipped_replies(added.skipped[:MOST_SHOWN])],
        }

    def asking(
        name: str, description: str, path: str, effect: Effect, run: Callable[..., Any]
    ) -> Callable[[Principal, Any], Awaitable[dict[str, Any]]]:
        """Return ``run`` behind a person's approval of exactly this call."""

        async def asked(principal: Principal, args: BaseModel) -> dict[str, Any]:
            call = ControlCall(
                name=name,
                description=description,
                effect=effect,
                url=f"{given.settings.public_url}/v1/integrations{path}",
                arguments=args.model_dump(exclude_none=True),
                tenant=principal.tenant,
                user=principal.user,
                key_id=principal.client if principal.via == "key" else f"client:{principal.client}",
                now=given.clock(),
            )
            await ask(call, given.approvals, given.policies)
            found: dict[str, Any] = await run(principal, args)
            return found

        return asked

    def control(
        name: str,
        title: str,
        description: str,
        args: type[BaseModel],
        run: Callable[..., Any],
        *members: str,
        path: str = "",
        effect: Effect = "read",
        asks: bool = True,
    ) -> Control:
        return Control(
            name=name,
            title=title,
            description=description,
            args=args,
            output={"type": "object", "required": list(members)},
            run=asking(name, description, path, effect, run) if asks else run,
            effect=effect,
            may=may,
        )

    return [
        control(
            "gateway_list_integrations",
            "List integrations",
            "List the APIs whose operations are tools of this organisation.",
            NoArgs,
            list_them,
            "integrations",
            asks=False,
        ),
        control(
            "gateway_detect_integration",
            "Say what a URL is",
            "Say whether a URL is an OpenAPI document, a GraphQL endpoint or an MCP server. An "
            "administrator approves each look.",
            DetectArgs,
            detect,
            "claims",
            path="/detect",
        ),
        control(
            "gateway_preview_integration",
            "Preview an integration",
            "Read an API's description and say what adding it would give: its operations and about "
            "how many tokens they take. An administrator approves each look.",
            PreviewArgs,
            preview,
            "digest",
            "operations",
            path="/preview",
        ),
        control(
            "gateway_add_integration",
            "Add an integration",
            "Add an API as a preview has shown it: its operations become tools of the whole "
            "organisation. An administrator approves it.",
            AddArgs,
            add,
            "integration",
            effect="write",
        ),
    ]


def _given(args: PreviewArgs) -> Given:
    return Given(url=args.url, kind=None if args.kind is None else KindName(args.kind))


def _json(model: BaseModel) -> Any:
    return json.loads(model.model_dump_json())
