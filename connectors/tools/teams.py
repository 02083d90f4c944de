"""Tools of Microsoft Teams, which Microsoft's connector opens: teams, channels, chats, messages.

Reference: https://learn.microsoft.com/graph/api/resources/teams-api-overview

Facts:
1. Only work and school accounts have Teams: a personal account is refused.
2. Reading the messages of channels (``ChannelMessage.Read.All``) needs an administrator's consent.
3. A list of messages has at most 50 of them on a page, the newest first; that of a person's teams
   has one page.
4. A message is HTML, or text, as it was written.

By the pages chatmessage-post, user-list-joinedteams, channel-list-messages, chat-list and
chat-list-messages of Graph's reference. Not read there: the least scope of a list of channels, and
that a list of chats takes ``$top``.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, ToolContext, tool
from connectors.tools.microsoft import Cursor, page

TeamId = Annotated[
    str, Field(pattern=r"^[0-9a-f-]{36}$", description="id of the team (teams_list_teams)")
]
ThreadId = Annotated[str, Field(pattern=r"^[0-9]{1,3}:[A-Za-z0-9_.@-]{1,200}$")]
Text = Annotated[
    str,
    In("body", "body.content"),
    Field(min_length=1, max_length=25_000, description="plain text"),
]
MessageLimit = Annotated[int, Field(ge=1, le=50, description="messages per page")]


class Nobody(Args):
    """No arguments."""


class Team(Output):
    id: str
    name: str | None = Field(None, validation_alias="displayName")
    description: str | None = None


class Teams(Output):
    teams: list[Team] = Field(validation_alias="value")


class ListChannels(Args):
    team_id: TeamId


class Channel(Output):
    id: str
    name: str = Field(validation_alias="displayName")
    description: str | None = None
    kind: str | None = Field(None, validation_alias="membershipType")
    url: str | None = Field(None, validation_alias="webUrl")


class Channels(Output):
    channels: list[Channel] = Field(validation_alias="value")


class ListMessages(Args):
    team_id: TeamId
    channel_id: ThreadId = Field(description="id of the channel (teams_list_channels)")
    limit: MessageLimit = 20
    cursor: Cursor = None


class Message(Output):
    id: str
    created_at: str | None = Field(None, validation_alias="createdDateTime")
    deleted_at: str | None = Field(None, validation_alias="deletedDateTime")
    author: str | None = Field(None, validation_alias=AliasPath("from", "user", "displayName"))
    text_type: str | None = Field(None, validation_alias=AliasPath("body", "contentType"))
    text: str | None = Field(None, validation_alias=AliasPath("body", "content"))
    url: str | None = Field(None, validation_alias="webUrl")


class Messages(Output):
    messages: list[Message] = Field(validation_alias="value")
    next_cursor: str | None = None


class SendMessage(Args):
    team_id: TeamId
    channel_id: ThreadId = Field(description="id of the channel (teams_list_channels)")
    text: Text


class ListChats(Args):
    limit: Annotated[int, Field(ge=1, le=50, description="chats per page")] = 20
    cursor: Cursor = None


class Chat(Output):
    id: str
    topic: str | None = None
    kind: str | None = Field(None, validation_alias="chatType")
    updated_at: str | None = Field(None, validation_alias="lastUpdatedDateTime")
    url: str | None = Field(None, validation_alias="webUrl")


class Chats(Output):
    chats: list[Chat] = Field(validation_alias="value")
    next_cursor: str | None = None


class ListChatMessages(Args):
    chat_id: ThreadId = Field(description="id of the chat (teams_list_chats)")
    limit: MessageLimit = 20
    cursor: Cursor = None


class SendChatMessage(Args):
    chat_id: ThreadId = Field(description="id of the chat (teams_list_chats)")
    text: Text


def _needs(scope: str) -> tuple[Needs, ...]:
    return (Needs("microsoft", (scope,)),)


@tool(
    name="teams_list_messages",
    description="List the messages of a channel of Microsoft Teams, the newest first.",
    needs=_needs("ChannelMessage.Read.All"),
    effect="read",
    args=ListMessages,
    output=Messages,
    examples=(
        {
            "team_id": "7b1c0000-0000-4000-8000-000000000001",
            "channel_id": "19:sandbox1@thread.tacv2",
            "limit": 2,
        },
    ),
)
async def list_messages(args: ListMessages, ctx: ToolContext) -> Messages:
    channel = quote(args.channel_id, safe="")
    path = f"/teams/{args.team_id}/channels/{channel}/messages"
    return Messages.model_validate(await page(ctx, path, {"$top": str(args.limit)}, args.cursor))


@tool(
    name="teams_list_chats",
    description="List the person's chats in Microsoft Teams.",
    needs=_needs("Chat.ReadBasic"),
    effect="read",
    args=ListChats,
    output=Chats,
    examples=({}, {"limit": 1}),
)
async def list_chats(args: ListChats, ctx: ToolContext) -> Chats:
    return Chats.model_validate(
        await page(ctx, "/me/chats", {"$top": str(args.limit)}, args.cursor)
    )


@tool(
    name="teams_list_chat_messages",
    description="List the messages of a chat of Microsoft Teams, the newest first.",
    needs=_needs("Chat.Read"),
    effect="read",
    args=ListChatMessages,
    output=Messages,
    examples=({"chat_id": "19:sandbox3@thread.v2", "limit": 2},),
)
async def list_chat_messages(args: ListChatMessages, ctx: ToolContext) -> Messages:
    path = f"/chats/{quote(args.chat_id, safe='')}/messages"
    return Messages.model_validate(await page(ctx, path, {"$top": str(args.limit)}, args.cursor))


TOOLS = (
    HttpTool(
        name="teams_list_teams",
        description="List the teams in Microsoft Teams that the person belongs to.",
        needs=_needs("Team.ReadBasic.All"),
        effect="read",
        method="GET",
        path="/me/joinedTeams",
        args=Nobody,
        output=Teams,
        examples=({},),
    ),
    HttpTool(
        name="teams_list_channels",
        description="List the channels of a team in Microsoft Teams.",
        needs=_needs("Channel.ReadBasic.All"),
        effect="read",
        method="GET",
        path="/teams/{team_id}/channels",
        args=ListChannels,
        output=Channels,
        examples=({"team_id": "7b1c0000-0000-4000-8000-000000000001"},),
    ),
    list_messages,
    HttpTool(
        name="teams_send_message",
        description="Write a message into a channel of Microsoft Teams, as the person.",
        needs=_needs("ChannelMessage.Send"),
        effect="write",
        method="POST",
        path="/teams/{team_id}/channels/{channel_id}/messages",
        body={"body": {"contentType": "text"}},
        args=SendMessage,
        output=Message,
        examples=(
            {
                "team_id": "7b1c0000-0000-4000-8000-000000000001",
                "channel_id": "19:sandbox1@thread.tacv2",
                "text": "The release is out.",
            },
        ),
    ),
    list_chats,
    list_chat_messages,
    HttpTool(
        name="teams_send_chat_message",
        description="Write a message into a chat of Microsoft Teams, as the person.",
        needs=_needs("ChatMessage.Send"),
        effect="write",
        method="POST",
        path="/chats/{chat_id}/messages",
        body={"body": {"contentType": "text"}},
        args=SendChatMessage,
        output=Message,
        examples=({"chat_id": "19:sandbox3@thread.v2", "text": "Lunch at one?"},),
    ),
)
