"""Tools of Trello.

Reference: https://developer.atlassian.com/cloud/trello/rest/

Trello's reference lists the members of a new card as parameters of the query.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from connectors.tooling import Args, HttpTool, In, Needs, Output

_TRELLO = (Needs("trello"),)
_ID = r"^[0-9a-f]{24}$"


class CreateCard(Args):
    list_id: Annotated[str, In("query", "idList")] = Field(
        pattern=_ID, description="id of the list, as trello_get_board tells it"
    )
    name: Annotated[str, In("query")] = Field(
        min_length=1, max_length=2000, description="what the card says"
    )
    description: Annotated[str | None, In("query", "desc")] = Field(
        None, max_length=4000, description="more about it, in Markdown"
    )
    due: Annotated[str | None, In("query")] = Field(
        None,
        pattern=r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{3})?)?Z)?$",
        description="when it is due, in UTC: 2026-12-24T09:00:00Z",
    )


class Card(Output):
    id: str
    name: str
    list_id: str = Field(validation_alias="idList")
    board_id: str = Field(validation_alias="idBoard")
    due: str | None = None
    url: str


class OfBoard(Args):
    board_id: str = Field(
        pattern=r"^([0-9a-f]{24}|[A-Za-z0-9]{8})$",
        description="id of the board, or the eight letters in its address",
    )


class List(Output):
    id: str
    name: str


class Board(Output):
    id: str
    name: str
    description: str = Field("", validation_alias="desc")
    closed: bool = False
    url: str
    lists: list[List] = Field(default_factory=list, description="its open lists")


TOOLS = (
    HttpTool(
        name="trello_create_card",
        description="Add a card to a list of a Trello board.",
        needs=_TRELLO,
        effect="write",
        method="POST",
        path="/cards",
        args=CreateCard,
        output=Card,
        examples=(
            {"list_id": "5abbe4b7ddc1b351ef961414", "name": "Order the cake"},
            {
                "list_id": "5abbe4b7ddc1b351ef961414",
                "name": "Order the cake",
                "description": "With *candles*",
                "due": "2026-12-24T09:00:00Z",
            },
        ),
    ),
    HttpTool(
        name="trello_get_board",
        description="Return a Trello board and its open lists.",
        needs=_TRELLO,
        effect="read",
        method="GET",
        path="/boards/{board_id}",
        query={"fields": "name,desc,closed,url", "lists": "open"},
        args=OfBoard,
        output=Board,
        examples=({"board_id": "5abbe4b7ddc1b351ef961400"},),
    ),
)
