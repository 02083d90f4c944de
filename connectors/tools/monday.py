"""Tools of monday.com: list boards, add an item to one.

GraphQL: https://developer.monday.com/api-reference/reference/boards and …/items

Facts:
1. There is one address, and every request is a POST. The document is a constant: what a caller says
   travels in ``variables`` alone.
2. A failure is a 200 with ``errors``.
3. Boards are numbered in pages; an empty page is behind the last.
4. The values of an item's columns are JSON, written as text.

Unconfirmed: written from memory of the schema. What matters is the fields and the arguments.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasPath, Field

from connectors.tooling import Args, Failure, HttpTool, In, Needs, Output

_FAILURE = Failure(path="errors", message="errors[0].message", code="errors[0].extensions.code")


class ListBoards(Args):
    limit: Annotated[int, In("body", "variables.limit")] = Field(
        25, ge=1, le=100, description="boards of a page"
    )
    page: Annotated[int, In("body", "variables.page")] = Field(
        1, ge=1, le=10_000, description="which page, from 1 on"
    )


class Board(Output):
    id: str
    name: str
    state: str | None = None
    description: str | None = None


class Boards(Output):
    boards: list[Board] = Field(validation_alias=AliasPath("data", "boards"))


class CreateItem(Args):
    board_id: Annotated[str, In("body", "variables.board")] = Field(
        pattern=r"^[0-9]{1,20}$", description="id of the board"
    )
    name: Annotated[str, In("body", "variables.name")] = Field(
        min_length=1, max_length=255, description="name of the item"
    )
    group: Annotated[str | None, In("body", "variables.group")] = Field(
        None, max_length=100, description="id of the group of the board; the first without it"
    )
    columns: Annotated[str | None, In("body", "variables.columns")] = Field(
        None, max_length=20_000, description='values by column id, as JSON: {"status": "Done"}'
    )


class Item(Output):
    id: str = Field(validation_alias=AliasPath("data", "create_item", "id"))
    name: str | None = Field(None, validation_alias=AliasPath("data", "create_item", "name"))
    url: str | None = Field(None, validation_alias=AliasPath("data", "create_item", "url"))


TOOLS = (
    HttpTool(
        name="monday_list_boards",
        description="List the boards of monday.com: id, name, state.",
        needs=(Needs("monday", ("boards:read",)),),
        effect="read",
        method="POST",
        path="/v2",
        body={
            "query": "query ($limit: Int!, $page: Int!) { boards(limit: $limit, page: $page) "
            "{ id name state description } }"
        },
        args=ListBoards,
        output=Boards,
        failure=_FAILURE,
        examples=({}, {"limit": 1, "page": 2}),
    ),
    HttpTool(
        name="monday_create_item",
        description="Add an item to a board of monday.com. Returns its id and link.",
        needs=(Needs("monday", ("boards:write",)),),
        effect="write",
        method="POST",
        path="/v2",
        body={
            "query": "mutation ($board: ID!, $name: String!, $group: String, $columns: JSON) "
            "{ create_item(board_id: $board, item_name: $name, group_id: $group, "
            "column_values: $columns) { id name url } }"
        },
        args=CreateItem,
        output=Item,
        failure=_FAILURE,
        examples=(
            {"board_id": "9000000001", "name": "Write the report"},
            {"board_id": "9000000001", "name": "Ship", "columns": '{"status": "Done"}'},
        ),
    ),
)
