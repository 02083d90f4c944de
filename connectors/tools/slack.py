"""Tools for Slack: find channels and people, read, search, send and delete messages.

Methods: https://docs.slack.dev/reference/methods

Facts:
1. A failure is HTTP 200 with ``"ok": false``, and ``error`` is its code.
2. The last page has an empty ``next_cursor``.
3. The token is the person's: what a tool sends, the person sends.
4. ``search.messages`` has numbered pages. It takes a cursor, too, but where the answer has the next
   one is not documented.
"""

from typing import Annotated, Literal

from pydantic import AliasPath, Field

from connectors.tooling import Args, Failure, HttpTool, Needs, Output, Pages

FAILURE = Failure(path="ok", equals=False, code="error")  # fact 1
CURSOR = Pages(argument="cursor", next="response_metadata.next_cursor")  # fact 2

Channel = Annotated[str, Field(description="Channel id", pattern=r"^[CDG][A-Z0-9]{2,20}$")]
Timestamp = Annotated[str, Field(description="A message's ts", pattern=r"^\d{10}\.\d{6}$")]
Cursor = Annotated[str | None, Field(description="next_cursor of the page before")]


class ListChannels(Args):
    exclude_archived: bool = Field(True, description="Leave out archived channels")
    limit: int = Field(100, ge=1, le=200, description="Channels per page")
    cursor: Cursor = None


class ChannelSummary(Output):
    id: str
    name: str
    topic: str | None = Field(None, validation_alias=AliasPath("topic", "value"))
    purpose: str | None = Field(None, validation_alias=AliasPath("purpose", "value"))
    is_archived: bool = False
    is_member: bool = False
    members: int | None = Field(None, validation_alias="num_members")


class Channels(Output):
    channels: list[ChannelSummary]


class ListMessages(Args):
    channel: Channel
    oldest: Timestamp | None = Field(None, description="Only messages after this ts")
    latest: Timestamp | None = Field(None, description="Only messages before this ts")
    limit: int = Field(50, ge=1, le=200, description="Messages per page, newest first")
    cursor: Cursor = None


class Message(Output):
    ts: str
    user: str | None = None
    text: str = ""
    thread_ts: str | None = None
    reply_count: int = 0


class Messages(Output):
    messages: list[Message]


class ListReplies(Args):
    channel: Channel
    ts: Timestamp = Field(description="ts of the thread's first message")
    limit: int = Field(50, ge=1, le=200, description="Messages per page, oldest first")
    cursor: Cursor = None


class SearchMessages(Args):
    query: str = Field(
        min_length=1, max_length=500, description="Words; also in:#channel, from:@name, after:date"
    )
    sort: Literal["score", "timestamp"] = Field("score", description="Best match or newest first")
    count: int = Field(20, ge=1, le=100, description="Messages per page")
    page: int = Field(1, ge=1, le=100, description="Number of the page")  # fact 4


class FoundMessage(Output):
    ts: str
    channel: str = Field(validation_alias=AliasPath("channel", "id"))
    channel_name: str | None = Field(None, validation_alias=AliasPath("channel", "name"))
    user: str | None = None
    username: str | None = None
    text: str = ""
    permalink: str | None = None


class FoundMessages(Output):
    total: int | None = Field(None, validation_alias=AliasPath("messages", "total"))
    pages: int | None = Field(None, validation_alias=AliasPath("messages", "paging", "pages"))
    messages: list[FoundMessage] = Field(validation_alias=AliasPath("messages", "matches"))


class SendMessage(Args):
    channel: Channel
    text: str = Field(min_length=1, max_length=4000, description="Text, in Slack's mrkdwn")
    thread_ts: Timestamp | None = Field(None, description="Answer in this message's thread")


class SentMessage(Output):
    channel: str
    ts: str


class MessageRef(Args):
    channel: Channel
    ts: Timestamp


class ListUsers(Args):
    limit: int = Field(100, ge=1, le=200, description="People per page")
    cursor: Cursor = None


class User(Output):
    id: str
    name: str
    real_name: str | None = Field(None, validation_alias=AliasPath("profile", "real_name"))
    title: str | None = Field(None, validation_alias=AliasPath("profile", "title"))
    is_bot: bool = False
    deleted: bool = False


class Users(Output):
    users: list[User] = Field(validation_alias="members")


class FindUser(Args):
    email: str = Field(min_length=3, max_length=254, description="E-mail address of the person")


class FoundUser(Output):
    user: User


class AddReaction(Args):
    channel: Channel
    timestamp: Timestamp = Field(description="ts of the message")
    name: str = Field(
        pattern=r"^[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?$", description="Emoji without colons"
    )


class Done(Output):
    ok: bool


TOOLS = (
    HttpTool(
        name="slack_list_channels",
        description="List the workspace's public channels: id, name, topic, purpose, members.",
        needs=(Needs("slack", ("channels:read",)),),
        effect="read",
        method="GET",
        path="/conversations.list",
        query={"types": "public_channel"},
        args=ListChannels,
        output=Channels,
        failure=FAILURE,
        pages=CURSOR,
        examples=({}, {"limit": 20}),
    ),
    HttpTool(
        name="slack_list_messages",
        description="Read a public channel's messages, newest first. Threads: slack_list_replies.",
        needs=(Needs("slack", ("channels:history",)),),
        effect="read",
        method="GET",
        path="/conversations.history",
        args=ListMessages,
        output=Messages,
        failure=FAILURE,
        pages=CURSOR,
        examples=({"channel": "C0GENERAL"}, {"channel": "C0GENERAL", "limit": 1}),
    ),
    HttpTool(
        name="slack_list_replies",
        description="Read a thread of a public channel: its first message and the replies.",
        needs=(Needs("slack", ("channels:history",)),),
        effect="read",
        method="GET",
        path="/conversations.replies",
        args=ListReplies,
        output=Messages,
        failure=FAILURE,
        pages=CURSOR,
        examples=({"channel": "C0GENERAL", "ts": "1767225600.000100"},),
    ),
    HttpTool(
        name="slack_search_messages",
        description="Search the messages that the person may see, with channel and permalink.",
        needs=(Needs("slack", ("search:read",)),),
        effect="read",
        method="GET",
        path="/search.messages",
        args=SearchMessages,
        output=FoundMessages,
        failure=FAILURE,
        examples=({"query": "launch"}, {"query": "launch", "count": 1, "page": 2}),
    ),
    HttpTool(
        name="slack_send_message",
        description="Send a message to a channel, or into a thread of it, as the person.",
        needs=(Needs("slack", ("chat:write",)),),
        effect="write",
        method="POST",
        path="/chat.postMessage",
        args=SendMessage,
        output=SentMessage,
        failure=FAILURE,
        examples=({"channel": "C0GENERAL", "text": "The build is green."},),
    ),
    HttpTool(
        name="slack_delete_message",
        description="Delete a message that the person sent. It cannot be restored.",
        needs=(Needs("slack", ("chat:write",)),),
        effect="destructive",
        method="POST",
        path="/chat.delete",
        args=MessageRef,
        output=SentMessage,
        failure=FAILURE,
        examples=({"channel": "C0GENERAL", "ts": "1767225600.000100"},),
    ),
    HttpTool(
        name="slack_add_reaction",
        description="Add an emoji reaction to a message, as the person.",
        needs=(Needs("slack", ("reactions:write",)),),
        effect="write",
        method="POST",
        path="/reactions.add",
        args=AddReaction,
        output=Done,
        failure=FAILURE,
        examples=({"channel": "C0GENERAL", "timestamp": "1767225600.000100", "name": "eyes"},),
    ),
    HttpTool(
        name="slack_list_users",
        description="List the workspace's people and bots: id, name, title.",
        needs=(Needs("slack", ("users:read",)),),
        effect="read",
        method="GET",
        path="/users.list",
        args=ListUsers,
        output=Users,
        failure=FAILURE,
        pages=CURSOR,
        examples=({}, {"limit": 1}),
    ),
    HttpTool(
        name="slack_find_user",
        description="Find the person with an e-mail address: id, name, title.",
        needs=(Needs("slack", ("users:read.email",)),),
        effect="read",
        method="GET",
        path="/users.lookupByEmail",
        args=FindUser,
        output=FoundUser,
        failure=FAILURE,
        examples=({"email": "ben@acme.example"},),
    ),
)
