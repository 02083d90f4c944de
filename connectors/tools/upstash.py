"""Tools of an Upstash Redis database: https://upstash.com/docs/redis/features/restapi.

Quirks:
1. A command is a JSON list that is sent to the root of the host. Its answer is ``result``, whatever
   the command answers.
"""

from pydantic import Field

from connectors.tooling import Args, Needs, Output, ToolContext, tool

_UPSTASH = (Needs("upstash"),)


class GetKey(Args):
    name: str = Field(min_length=1, max_length=1000, description="Name of the key.")


class Value(Output):
    result: str | None = Field(None, description="its text; null without such a key")


class SetKey(Args):
    name: str = Field(min_length=1, max_length=1000, description="Name of the key.")
    value: str = Field(max_length=100_000, description="Text to store.")
    seconds: int | None = Field(
        None, ge=1, le=31_536_000, description="Life of the key; without it, for ever."
    )


class Done(Output):
    result: str


class Publish(Args):
    topic: str = Field(min_length=1, max_length=1000, description="Name of the channel.")
    message: str = Field(max_length=100_000, description="Text to send.")


class Received(Output):
    result: int = Field(description="how many received it")


async def _run(ctx: ToolContext, *command: str, reads: bool = False) -> object:
    """Run a command of Redis (quirk 1)."""
    answer = await ctx.fetch("upstash", "POST", "/", json=list(command), reads=reads)
    return answer.json()


@tool(
    name="upstash_get_key",
    description="Return the text under a key of the Redis database.",
    needs=_UPSTASH,
    effect="read",
    args=GetKey,
    output=Value,
    examples=({"name": "color"},),
)
async def get_key(args: GetKey, ctx: ToolContext) -> Value:
    return Value.model_validate(await _run(ctx, "GET", args.name, reads=True))


@tool(
    name="upstash_set_key",
    description="Store a text under a key of the Redis database; what was there is replaced.",
    needs=_UPSTASH,
    effect="destructive",
    args=SetKey,
    output=Done,
    examples=({"name": "greeting", "value": "Hello", "seconds": 60},),
)
async def set_key(args: SetKey, ctx: ToolContext) -> Done:
    life = [] if args.seconds is None else ["EX", str(args.seconds)]
    return Done.model_validate(await _run(ctx, "SET", args.name, args.value, *life))


@tool(
    name="upstash_publish_message",
    description="Publish a message to a channel of the Redis database.",
    needs=_UPSTASH,
    effect="write",
    args=Publish,
    output=Received,
    examples=({"topic": "news", "message": "Hello"},),
)
async def publish(args: Publish, ctx: ToolContext) -> Received:
    return Received.model_validate(await _run(ctx, "PUBLISH", args.topic, args.message))


TOOLS = (get_key, set_key, publish)
