"""Tools of a Discord bot: send a message, open a thread on a message, react to one.

Reference: https://docs.discord.com/developers/resources/message and …/channel

Facts:
1. An emoji of a server is named ``name:id``; any other is the character itself.
2. A reaction is answered with 204.
3. Without ``allowed_mentions``, a text that names everybody notifies everybody. The tool lets it
   notify nobody.

Checked against Discord's documentation (discord/discord-api-docs).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

_BOT = (Needs("discord-bot"),)
Snowflake = Annotated[str, Field(pattern=r"^[0-9]{15,20}$")]


class SendMessage(Args):
    channel_id: Snowflake = Field(description="id of a channel or thread")
    content: str = Field(min_length=1, max_length=2000, description="the message, in Markdown")
    reply_to: Annotated[Snowflake | None, In("body", "message_reference.message_id")] = Field(
        None, description="id of the message of this channel that is answered"
    )


class Message(Output):
    id: str
    channel_id: str
    content: str


class CreateThread(Args):
    channel_id: Snowflake = Field(description="id of the channel")
    message_id: Snowflake = Field(description="id of the message that the thread is about")
    name: str = Field(min_length=1, max_length=100, description="name of the thread")
    archive_after: Annotated[
        Literal[60, 1440, 4320, 10080] | None, In("body", "auto_archive_duration")
    ] = Field(None, description="minutes without a message until the thread is hidden")


class Thread(Output):
    id: str
    name: str
    parent_id: str | None = None


class AddReaction(Args):
    channel_id: Snowflake = Field(description="id of the channel")
    message_id: Snowflake = Field(description="id of the message")
    emoji: str = Field(
        min_length=1,
        max_length=60,
        pattern=r"^[^/?#\s]+$",
        description="the emoji, or name:id of one of the server",
    )


class Done(Output):
    pass


TOOLS = (
    HttpTool(
        name="discord_send_message",
        description="Send a message to a Discord channel or thread as the bot. It mentions nobody.",
        needs=_BOT,
        effect="write",
        method="POST",
        path="/channels/{channel_id}/messages",
        body={"allowed_mentions": {"parse": []}},  # fact 3
        args=SendMessage,
        output=Message,
        examples=(
            {"channel_id": "290926798626357001", "content": "The build is **green**."},
            {
                "channel_id": "290926798626357001",
                "content": "Yes.",
                "reply_to": "334385199974967001",
            },
        ),
    ),
    HttpTool(
        name="discord_create_thread",
        description="Open a thread on a message of a Discord channel. Returns the thread's id.",
        needs=_BOT,
        effect="write",
        method="POST",
        path="/channels/{channel_id}/messages/{message_id}/threads",
        args=CreateThread,
        output=Thread,
        examples=(
            {
                "channel_id": "290926798626357001",
                "message_id": "334385199974967001",
                "name": "Outage",
                "archive_after": 1440,
            },
        ),
    ),
    HttpTool(
        name="discord_add_reaction",
        description="React to a message of a Discord channel with an emoji, as the bot.",
        needs=_BOT,
        effect="write",
        method="PUT",
        path="/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me",
        args=AddReaction,
        output=Done,
        examples=(
            {
                "channel_id": "290926798626357001",
                "message_id": "334385199974967001",
                "emoji": "acme:41771983429993937",
            },
        ),
    ),
)
