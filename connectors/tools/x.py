"""Tools for X, by docs.x.com/x-api (posts, search, users).

Quirks:
1. Each endpoint lists its scopes; those of posts need ``users.read`` beside ``tweet.read``, also to
   create and to delete.
2. An answer has the id and the text alone, unless ``tweet.fields`` names more.
3. A post or user that cannot be shown is told in ``errors`` of an answer with status 200.
4. A search reads the last seven days, and gives at least ten posts a page. Reading counts towards
   the plan's number of posts.

Unconfirmed: written without the documentation at hand; what matters is paths, scopes, limits, and
the shapes of answers.
"""

from typing import Annotated, Any

from pydantic import AliasPath, Field

from connectors.tooling import Args, Failure, HttpTool, In, Needs, Output, Pages

_READS = Needs("x", ("tweet.read", "users.read"))  # quirk 1
_WRITES = Needs("x", ("tweet.read", "users.read", "post"))
_FIELDS = {"tweet.fields": "author_id,created_at,public_metrics"}  # quirk 2
_ID = Field(pattern="^[0-9]{1,19}$", description="Id of the post.")
_MISSING = Failure(  # quirk 3
    path="errors", code="errors[0].title", message="errors[0].detail"
)


class NoArguments(Args):
    pass


class CreateTweet(Args):
    text: str = Field(min_length=1, max_length=4000, description="Text; 280 characters for most.")
    reply_to: Annotated[str | None, In("body", "reply.in_reply_to_tweet_id")] = Field(
        default=None, pattern="^[0-9]{1,19}$", description="Id of the post that this answers."
    )
    quote: Annotated[str | None, In("body", "quote_tweet_id")] = Field(
        default=None, pattern="^[0-9]{1,19}$", description="Id of the post that this quotes."
    )


class DeleteTweet(Args):
    id: str = _ID


class GetTweet(Args):
    id: str = _ID


class SearchTweets(Args):
    query: str = Field(
        min_length=1, max_length=512, description="Words and operators: from:ana #launch -is:reply."
    )
    max_results: int = Field(default=10, ge=10, le=100, description="Posts per page.")
    next_token: str | None = Field(
        default=None, max_length=100, description="next of the page before."
    )


class ListUserTweets(Args):
    user_id: str = Field(pattern="^[0-9]{1,19}$", description="Id of the user; see x_get_me.")
    max_results: int = Field(default=10, ge=5, le=100, description="Posts per page.")
    pagination_token: str | None = Field(
        default=None, max_length=100, description="next of the page before."
    )


class Me(Output):
    id: str = Field(validation_alias=AliasPath("data", "id"))
    name: str = Field(validation_alias=AliasPath("data", "name"))
    username: str = Field(validation_alias=AliasPath("data", "username"))


class Metrics(Output):
    like_count: int | None = None
    reply_count: int | None = None
    retweet_count: int | None = None


class Tweet(Output):
    id: str
    text: str
    author_id: str | None = None
    created_at: str | None = None
    metrics: Metrics | None = Field(default=None, validation_alias="public_metrics")


class Tweets(Output):
    tweets: list[Tweet] = Field(default=[], validation_alias="data")


class OneTweet(Output):
    tweet: Tweet = Field(validation_alias="data")


class Deleted(Output):
    deleted: bool = Field(validation_alias=AliasPath("data", "deleted"))


def _read(**said: Any) -> HttpTool:
    return HttpTool(needs=(_READS,), effect="read", method="GET", **said)


TOOLS = (
    _read(
        name="x_get_me",
        description="Read the connected account: id, name, username.",
        path="/users/me",
        args=NoArguments,
        output=Me,
        examples=({},),
    ),
    HttpTool(
        name="x_create_tweet",
        description="Publish a post, or a reply or quote of another one. Returns its id.",
        needs=(_WRITES,),
        effect="write",
        method="POST",
        path="/tweets",
        args=CreateTweet,
        output=OneTweet,
        examples=({"text": "We are live."},),
    ),
    HttpTool(
        name="x_delete_tweet",
        description="Delete one of the account's own posts. It cannot be brought back.",
        needs=(_WRITES,),
        effect="destructive",
        method="DELETE",
        path="/tweets/{id}",
        args=DeleteTweet,
        output=Deleted,
        failure=_MISSING,
        examples=({"id": "1800000000000000001"},),
    ),
    _read(
        name="x_get_tweet",
        description="Read one post: text, author, time, numbers of likes, replies and reposts.",
        path="/tweets/{id}",
        query=_FIELDS,
        args=GetTweet,
        output=OneTweet,
        failure=_MISSING,
        examples=({"id": "1800000000000000001"},),
    ),
    _read(
        name="x_search_tweets",
        description="Search posts of the last seven days, newest first, by words and operators.",
        path="/tweets/search/recent",
        query=_FIELDS,
        args=SearchTweets,
        output=Tweets,
        pages=Pages(argument="next_token", next="meta.next_token"),
        examples=({"query": "launch"},),
    ),
    _read(
        name="x_list_user_tweets",
        description="List a user's posts, newest first.",
        path="/users/{user_id}/tweets",
        query=_FIELDS,
        args=ListUserTweets,
        output=Tweets,
        failure=_MISSING,
        pages=Pages(argument="pagination_token", next="meta.next_token"),
        examples=({"user_id": "1000000000000000001", "max_results": 5},),
    ),
)
