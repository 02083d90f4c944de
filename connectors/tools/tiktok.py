"""Tools for TikTok, by developers.tiktok.com/doc (Display API: user info, video list, video query).

Quirks:
1. ``fields`` in the query says what an answer has; each group of fields of a person has its scope.
2. Lists are POSTs that change nothing, and ``cursor`` is a moment in milliseconds.
3. Each answer has ``error``, with the code ``ok`` in a success.

Unconfirmed: written without the documentation at hand; what matters is paths, the scope of each
field, and the shapes of answers.
"""

from typing import Annotated

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

_FIELDS = {
    "fields": "id,title,video_description,duration,create_time,share_url,"
    "view_count,like_count,comment_count"
}


class NoArguments(Args):
    pass


class ListVideos(Args):
    max_count: int = Field(default=10, ge=1, le=20, description="Videos per page.")
    cursor: int | None = Field(default=None, ge=0, description="next of the page before.")


class GetVideos(Args):
    ids: Annotated[list[str], In("body", "filters.video_ids")] = Field(
        min_length=1, max_length=20, description="Ids of the account's own videos."
    )


class User(Output):
    id: str = Field(validation_alias=AliasPath("data", "user", "open_id"))
    name: str | None = Field(
        default=None, validation_alias=AliasPath("data", "user", "display_name")
    )
    avatar: str | None = Field(
        default=None, validation_alias=AliasPath("data", "user", "avatar_url")
    )


class Video(Output):
    id: str
    title: str | None = None
    description: str | None = Field(default=None, validation_alias="video_description")
    duration: int | None = None
    create_time: int | None = None
    share_url: str | None = None
    views: int | None = Field(default=None, validation_alias="view_count")
    likes: int | None = Field(default=None, validation_alias="like_count")
    comments: int | None = Field(default=None, validation_alias="comment_count")


class Videos(Output):
    videos: list[Video] = Field(default=[], validation_alias=AliasPath("data", "videos"))


TOOLS = (
    HttpTool(
        name="tiktok_get_user",
        description="Read the connected account: id, name, picture.",
        needs=(Needs("tiktok", ("user.info.basic",)),),
        effect="read",
        method="GET",
        path="/user/info/",
        query={"fields": "open_id,display_name,avatar_url"},
        args=NoArguments,
        output=User,
        examples=({},),
    ),
    HttpTool(
        name="tiktok_list_videos",
        description="List the account's public videos, newest first: title, link, numbers of "
        "views, likes and comments.",
        needs=(Needs("tiktok", ("video.list",)),),
        effect="read",
        method="POST",
        path="/video/list/",
        query=_FIELDS,
        args=ListVideos,
        output=Videos,
        pages=Pages(argument="cursor", next="data.cursor", more="data.has_more"),
        examples=({"max_count": 2},),
    ),
    HttpTool(
        name="tiktok_get_videos",
        description="Read videos of the account by id: title, link, numbers of views and likes.",
        needs=(Needs("tiktok", ("video.list",)),),
        effect="read",
        method="POST",
        path="/video/query/",
        query=_FIELDS,
        args=GetVideos,
        output=Videos,
        examples=({"ids": ["7300000000000000001"]},),
    ),
)
