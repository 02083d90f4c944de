"""Tools of Bluesky.

Reference: https://docs.bsky.app/docs/api (app.bsky.feed.getTimeline, …searchPosts, …getPosts and
com.atproto.repo.createRecord). That searching works through the account's own server, as here, is
unconfirmed for accounts elsewhere than at bsky.social.

Unconfirmed: written without the documentation at hand; what matters is methods of the lexicon,
their parameters and the shapes of answers.
"""

from __future__ import annotations

from typing import Any

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, Needs, Output, Pages, ToolContext, ToolFailed, tool

_BLUESKY = (Needs("bluesky"),)


class Post(Output):
    uri: str
    cid: str
    author: str = Field(validation_alias=AliasPath("author", "handle"))
    text: str = Field("", validation_alias=AliasPath("record", "text"))
    indexed_at: str | None = Field(None, validation_alias="indexedAt")
    likes: int = Field(0, validation_alias="likeCount")
    replies: int = Field(0, validation_alias="replyCount")


class FeedItem(Output):
    post: Post
    reason: dict[str, Any] | None = Field(None, description="why it is there, such as a repost")


class Feed(Output):
    feed: list[FeedItem]


class Posts(Output):
    posts: list[Post]


class Timeline(Args):
    limit: int = Field(50, ge=1, le=100, description="posts per page")
    cursor: str | None = Field(None, description="next of the page before")


class SearchPosts(Args):
    q: str = Field(min_length=1, max_length=500, description="words, or from:handle")
    limit: int = Field(25, ge=1, le=100, description="posts per page")
    cursor: str | None = Field(None, description="next of the page before")


class GetPosts(Args):
    uris: list[str] = Field(min_length=1, max_length=25, description="at:// addresses of posts")


class CreatePost(Args):
    text: str = Field(min_length=1, max_length=300, description="the post")
    created_at: str = Field(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$",
        description="RFC 3339, the time now; say it again if the call is repeated",
    )


class CreatedPost(Output):
    uri: str
    cid: str


@tool(
    name="bluesky_create_post",
    description="Write a post from the user's Bluesky account, as plain text. Returns its address.",
    needs=_BLUESKY,
    effect="write",
    args=CreatePost,
    output=CreatedPost,
    examples=({"text": "Hello from the garden", "created_at": "2026-11-29T09:00:00Z"},),
)
async def create_post(args: CreatePost, ctx: ToolContext) -> Output:
    # The moment is an argument: an approval is for exact bytes, and the call comes again then.
    session = (await ctx.fetch("bluesky", "GET", "/com.atproto.server.getSession")).json()
    if not isinstance(session, dict) or not isinstance(session.get("did"), str):
        raise ToolFailed("answer_unreadable", "the session has no did")
    record = {"$type": "app.bsky.feed.post", "text": args.text, "createdAt": args.created_at}
    body = {"repo": session["did"], "collection": "app.bsky.feed.post", "record": record}
    answer = await ctx.fetch("bluesky", "POST", "/com.atproto.repo.createRecord", json=body)
    return CreatedPost.model_validate(answer.json())


TOOLS = (
    HttpTool(
        name="bluesky_get_timeline",
        description="Return the newest posts of the accounts that the user follows on Bluesky.",
        needs=_BLUESKY,
        effect="read",
        method="GET",
        path="/app.bsky.feed.getTimeline",
        args=Timeline,
        output=Feed,
        pages=Pages(argument="cursor", next="cursor"),
        examples=({},),
    ),
    HttpTool(
        name="bluesky_search_posts",
        description="Find Bluesky posts by their words.",
        needs=_BLUESKY,
        effect="read",
        method="GET",
        path="/app.bsky.feed.searchPosts",
        args=SearchPosts,
        output=Posts,
        pages=Pages(argument="cursor", next="cursor"),
        examples=({"q": "gardens"},),
    ),
    HttpTool(
        name="bluesky_get_posts",
        description="Return Bluesky posts by their at:// addresses.",
        needs=_BLUESKY,
        effect="read",
        method="GET",
        path="/app.bsky.feed.getPosts",
        args=GetPosts,
        output=Posts,
        examples=({"uris": ["at://did:plc:friendfriendfriendfriend/app.bsky.feed.post/3k1"]},),
    ),
    create_post,
)
