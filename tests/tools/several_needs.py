"""A tool file with tools that need several connections, or a credential of the deployment."""

from __future__ import annotations

from connectors.tooling import Args, Needs, NeedsSecret, Output, ToolContext, tool
from tests.tools.accounts_world import AUTH


class Nothing(Args):
    """No arguments."""


class Done(Output):
    """That it was done."""

    done: bool


async def _read(args: Nothing, ctx: ToolContext) -> Done:
    await ctx.fetch("zendesk", "GET", "/tickets.json")
    return Done(done=True)


async def _ask(args: Nothing, ctx: ToolContext) -> Done:
    await ctx.fetch("openai", "GET", "/models")
    return Done(done=True)


async def _write(args: Nothing, ctx: ToolContext) -> Done:
    await ctx.fetch("notion", "POST", "/pages", json={})
    return Done(done=True)


zendesk_read_mail = tool(
    name="zendesk_read_mail",
    description="Read the mail of a ticket.",
    needs=(Needs("zendesk", ("read",)), Needs("google", (f"{AUTH}/gmail.modify",))),
    effect="read",
    args=Nothing,
    output=Done,
)(_read)
notion_write_mail = tool(
    name="notion_write_mail",
    description="Write a mail into a page.",
    needs=(Needs("notion"), Needs("google", ("gmail",)), Needs("zendesk", ("read",))),
    effect="write",
    args=Nothing,
    output=Done,
)(_write)
notion_drop_page = tool(
    name="notion_drop_page",
    description="Delete a page, which nobody should do.",
    needs=(Needs("notion"),),
    effect="destructive",
    policy="block",
    args=Nothing,
    output=Done,
)(_write)
notion_file_answer = tool(
    name="notion_file_answer",
    description="Write the answer of a model into a page, without asking.",
    needs=(Needs("notion"), NeedsSecret("openai")),
    effect="write",
    policy="auto",
    args=Nothing,
    output=Done,
)(_write)
openai_ask_model = tool(
    name="openai_ask_model",
    description="Ask a model with the key of the deployment.",
    needs=(NeedsSecret("openai"),),
    effect="read",
    policy="ask",
    args=Nothing,
    output=Done,
)(_ask)
anthropic_ask_model = tool(
    name="anthropic_ask_model",
    description="Ask a model with a key that the deployment does not have.",
    needs=(Needs("zendesk"), NeedsSecret("anthropic")),
    effect="read",
    args=Nothing,
    output=Done,
)(_read)

TOOLS = (
    zendesk_read_mail,
    notion_write_mail,
    notion_drop_page,
    notion_file_answer,
    openai_ask_model,
    anthropic_ask_model,
)
