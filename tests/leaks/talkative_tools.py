"""Tools that put what they got, and the credential, into the errors that they raise."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from connectors.tooling import Args, Needs, Output, ToolContext, tool

NEEDS = (Needs("relay", ("read",)),)


class Words(Args):
    """What a tool writes."""

    words: str = Field(description="words")
    end: Literal["error", "answer", "path"] = Field(description="how it ends")


class Done(Output):
    """That it was done."""

    done: bool


@tool(
    name="relay_lose_words",
    description="Break while it holds the words and the credential.",
    needs=NEEDS,
    effect="read",
    args=Words,
    output=Done,
)
async def lose_words(args: Words, ctx: ToolContext) -> Done:
    """Break."""
    token = await ctx.get_connector_token("relay")
    ctx.progress(1, 2, f"{args.words} {token}")
    if args.end == "path":
        await ctx.fetch("relay", "GET", f"/things/{args.words}/parts", headers={"x-more": token})
    if args.end == "answer":
        wrong: dict[str, Any] = {"done": f"{args.words} {token}"}
        return Done.model_validate(wrong)
    raise RuntimeError(f"a bug with {args.words} and {token}") from ValueError(args, token)


TOOLS = (lose_words,)
