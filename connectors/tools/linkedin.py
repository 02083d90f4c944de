"""Tools for LinkedIn, by learn.microsoft.com/linkedin/consumer (Sign In, Share on LinkedIn).

Quirks:
1. A post names its author by URN. The member's id is read first, with the scope ``openid``.
2. The id of a new post is the header ``x-restli-id``; the body has it, too.
3. A URN in a path is percent-encoded, its colons too.
4. Members' posts cannot be read: that scope is open to few partners.

LinkedIn marks ``ugcPosts`` as legacy for marketing partners; "Share on LinkedIn" still names it.
That the scope ``w_member_social`` alone deletes a member's own post is not confirmed by that page.

Unconfirmed: written without the documentation at hand; what matters is paths, scopes, headers, and
the shapes of answers.
"""

from typing import Literal
from urllib.parse import quote

from pydantic import Field

from connectors.tooling import (
    Args,
    FunctionTool,
    HttpTool,
    Needs,
    Output,
    ToolContext,
    ToolFailed,
    tool,
)

_RESTLI = {"X-Restli-Protocol-Version": "2.0.0"}


class NoArguments(Args):
    pass


class CreatePost(Args):
    text: str = Field(min_length=1, max_length=3000, description="Text of the post.")
    visibility: Literal["PUBLIC", "CONNECTIONS"] = Field(
        default="PUBLIC", description="Who sees it."
    )
    url: str | None = Field(
        default=None, pattern=r"^https?://\S{3,2000}$", description="Page that the post links to."
    )


class DeletePost(Args):
    id: str = Field(
        pattern=r"^urn:li:(share|ugcPost):[0-9]{1,25}$",
        description="URN of the post, as linkedin_create_post returned it.",
    )


class Member(Output):
    id: str = Field(validation_alias="sub")
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    picture: str | None = None


class Post(Output):
    id: str


@tool(
    name="linkedin_create_post",
    description="Publish a post with text and an optional link as the member. Returns its URN.",
    needs=(Needs("linkedin", ("openid", "posts")),),  # quirk 1
    effect="write",
    args=CreatePost,
    output=Post,
    examples=(
        {"text": "We are hiring."},
        {"text": "Read this.", "url": "https://acme.example/news", "visibility": "CONNECTIONS"},
    ),
)
async def create_post(args: CreatePost, ctx: ToolContext) -> Post:
    member = (await ctx.fetch("linkedin", "GET", "/v2/userinfo")).json()
    content: dict[str, object] = {
        "shareCommentary": {"text": args.text},
        "shareMediaCategory": "ARTICLE" if args.url else "NONE",
    }
    if args.url:
        content["media"] = [{"status": "READY", "originalUrl": args.url}]
    answer = await ctx.fetch(
        "linkedin",
        "POST",
        "/v2/ugcPosts",
        headers=_RESTLI,
        json={
            "author": f"urn:li:person:{member['sub']}",
            "lifecycleState": "PUBLISHED",
            "specificContent": {"com.linkedin.ugc.ShareContent": content},
            "visibility": {"com.linkedin.ugc.MemberNetworkVisibility": args.visibility},
        },
    )
    made = answer.headers.get("x-restli-id")  # quirk 2
    if not made:
        raise ToolFailed("no_id", "LinkedIn did not say which post it made")
    return Post(id=made)


@tool(
    name="linkedin_delete_post",
    description="Delete a post of the member. It cannot be brought back.",
    needs=(Needs("linkedin", ("posts",)),),
    effect="destructive",
    args=DeletePost,
    output=Post,
    examples=({"id": "urn:li:share:7000000000000000001"},),
)
async def delete_post(args: DeletePost, ctx: ToolContext) -> Post:
    path = f"/v2/ugcPosts/{quote(args.id, safe='')}"  # quirk 3
    await ctx.fetch("linkedin", "DELETE", path, headers=_RESTLI)
    return Post(id=args.id)


TOOLS: tuple[HttpTool | FunctionTool, ...] = (
    HttpTool(
        name="linkedin_get_me",
        description="Read the connected member: id; name and picture if they are shared.",
        needs=(Needs("linkedin", ("openid",)),),
        effect="read",
        method="GET",
        path="/v2/userinfo",
        args=NoArguments,
        output=Member,
        examples=({},),
    ),
    create_post,
    delete_post,
)
