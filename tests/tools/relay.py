"""Tools of the invented connector Relay, as a file in ``GATEWAY_CONNECTORS_PATH/tools``."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasPath, Field

from connectors.tooling import (
    Args,
    Failure,
    HttpTool,
    In,
    Needs,
    NeedsSecret,
    Output,
    Pages,
    ToolContext,
    ToolFailed,
    tool,
)

NEEDS = (Needs("relay", ("read",)),)


class Echo(Output):
    """A request as it arrived."""

    method: str
    target: str
    body: str = ""
    headers: list[list[str]] = Field(default_factory=list)


class Item(Args):
    """One item, in all places of a request."""

    item_id: str = Field(description="id")
    words: list[str] | None = Field(None, description="words", max_length=5)
    tags: Annotated[list[str] | None, In("query", "tag", join=",")] = Field(None, description="t")
    trace: Annotated[str | None, In("header", "X-Trace")] = Field(None, description="trace")
    exact: bool = Field(False, description="only exact matches")
    count: int = Field(10, ge=1, le=100, description="how many")


class Change(Args):
    """A change of an item."""

    title: Annotated[str, In("body", "input.title")] = Field(description="title")
    text: Annotated[str | None, In("body", "children[0].rich[0].content")] = Field(
        None, description="text"
    )
    note: str | None = Field(None, description="note")


class Nothing(Args):
    """No arguments."""


class Page(Args):
    """A page of a list."""

    cursor: str | None = Field(None, description="next of the page before")


class Names(Output):
    """Names of people."""

    items: list[str]
    total: int | None = Field(None, validation_alias=AliasPath("meta", "total"))


class Effects(Output):
    """How often something changed."""

    effects: int


class Thing(Args):
    """A thing to be made."""

    title: str = Field(description="title")


class Pair(Args):
    """Things to be made."""

    title: str = Field(description="title")
    count: int = Field(2, description="how many")


class Several(Args):
    """How often to change something."""

    times: int = Field(description="how often", ge=0, le=30)
    then: str = Field("", description="what else")


@tool(
    name="relay_change_often",
    description="Change something several times, one after another.",
    needs=NEEDS,
    effect="write",
    policy="auto",
    args=Several,
    output=Effects,
    writes=25,
)
async def change_often(args: Several, ctx: ToolContext) -> Effects:
    """Change something ``args.times`` times."""
    found: dict[str, Any] = {"effects": 0}
    ctx.audit("changing", {"times": args.times})
    for done in range(args.times):
        found = (await ctx.fetch("relay", "POST", "/effect", json={"n": done})).json()
        ctx.progress(done + 1, args.times, "changed")
    if args.then == "break":
        raise RuntimeError(f"a bug with {args.then}")
    if args.then == "other":
        await ctx.fetch("in-query", "GET", "/x")
    if args.then == "stop":
        raise ToolFailed("had_enough", "it is enough now")
    if args.then == "key":
        found = {"none": 1}
    if args.then == "token":
        assert await ctx.get_connector_token("relay")
    if args.then == "hang":
        await ctx.fetch("relay", "POST", "/hang", json={})
    return Effects.model_validate(found)


@tool(
    name="relay_make_pair",
    description="Make two things, one after the other.",
    needs=NEEDS,
    effect="write",
    args=Pair,
    output=Effects,
    writes=2,
)
async def make_pair(args: Pair, ctx: ToolContext) -> Effects:
    """Make ``args.count`` things: two is what the tool declares."""
    found: dict[str, Any] = {}
    for number in range(args.count):
        thing = {"title": args.title, "number": number}
        found = (await ctx.fetch("relay", "POST", "/effect", json=thing)).json()
    return Effects.model_validate(found)


@tool(
    name="relay_get_wrongly",
    description="Change something although it says that it reads.",
    needs=NEEDS,
    effect="read",
    args=Nothing,
    output=Effects,
)
async def get_wrongly(args: Nothing, ctx: ToolContext) -> Effects:
    """Change something."""
    return Effects.model_validate((await ctx.fetch("relay", "POST", "/effect", json={})).json())


@tool(
    name="relay_ask_platform",
    description="Ask another service with the platform's own credential.",
    needs=(NeedsSecret("in-header"),),
    effect="read",
    args=Nothing,
    output=Echo,
)
async def ask_platform(args: Nothing, ctx: ToolContext) -> Echo:
    """Ask it."""
    return Echo.model_validate((await ctx.fetch("in-header", "GET", "/whoami")).json())


def get(name: str, path: str, args: type[Args], output: type[Output], **more: Any) -> HttpTool:
    """A tool that reads."""
    return HttpTool(
        name=name,
        description=f"Return what is at {path} of the relay.",
        needs=more.pop("needs", NEEDS),
        effect="read",
        method="GET",
        path=path,
        args=args,
        output=output,
        **more,
    )


TOOLS = (
    change_often,
    make_pair,
    get_wrongly,
    ask_platform,
    get(
        "relay_get_item",
        "/items/{item_id}",
        Item,
        Echo,
        query={"version": "2"},
        examples=({"item_id": "i-1"},),
    ),
    get(
        "relay_list_names", "/names", Page, Names, pages=Pages(argument="cursor", next="meta.next")
    ),
    get(
        "relay_list_rows",
        "/rows",
        Page,
        Names,
        pages=Pages(argument="cursor", link=True, parameter="page_info"),
    ),
    get("relay_get_refusal", "/refusal", Nothing, Echo),
    get(
        "relay_get_hidden_failure",
        "/hidden",
        Nothing,
        Echo,
        failure=Failure(path="ok", equals=False, code="error"),
    ),
    get("relay_get_wide_scope", "/wide", Nothing, Echo, needs=(Needs("relay", ("write",)),)),
    HttpTool(
        name="relay_change_item",
        description="Change an item, and return what was sent.",
        needs=NEEDS,
        effect="write",
        policy="auto",
        method="POST",
        path="/change",
        body={"query": "mutation", "children": [{"type": "paragraph"}]},
        args=Change,
        output=Echo,
    ),
    HttpTool(
        name="relay_post_form",
        description="Change an item with a form, and return what was sent.",
        needs=NEEDS,
        effect="write",
        policy="auto",
        method="POST",
        path="/form",
        body={"kind": "x"},
        body_format="form",
        args=Change,
        output=Echo,
    ),
    HttpTool(
        name="relay_create_thing",
        description="Create a thing with a title.",
        needs=NEEDS,
        effect="write",
        method="POST",
        path="/effect",
        args=Thing,
        output=Effects,
    ),
    HttpTool(
        name="relay_post_effect",
        description="Change something once, and count it.",
        needs=NEEDS,
        effect="write",
        policy="auto",
        method="POST",
        path="/effect",
        args=Change,
        output=Effects,
    ),
    HttpTool(
        name="relay_query_effect",
        description="Ask by POST, as GraphQL does; it changes nothing.",
        needs=NEEDS,
        effect="read",
        method="POST",
        path="/effect",
        args=Change,
        output=Effects,
    ),
)
