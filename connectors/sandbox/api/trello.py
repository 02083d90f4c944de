"""Trello's REST API, by developer.atlassian.com/cloud/trello/rest (cards, boards).

Errors are plain text there; here they are in an object.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"message": problem.message})


def _state(account: FictionalAccount) -> dict[str, Any]:
    board = {
        "id": "5abbe4b7ddc1b351ef961400",
        "name": "Party",
        "desc": "All that is to be done.",
        "closed": False,
        "url": "https://trello.com/b/AbCd1234/party",
    }
    lists = [
        {"id": "5abbe4b7ddc1b351ef961414", "name": "To do", "closed": False},
        {"id": "5abbe4b7ddc1b351ef961415", "name": "Old", "closed": True},
    ]
    return {"boards": {board["id"]: board}, "lists": lists}


API = SimulatedApi("trello", base="api.trello.com/1", state=_state, refuse=_error)


@API.route(
    "POST /cards",
    query={"idList": str, "name?": str, "desc?": str, "due?": str, "pos?": {"top", "bottom"}},
    effect="card_created",
)
def create_card(call: Request) -> Any:
    if call.query["idList"] not in {each["id"] for each in call.state["lists"]}:
        refuse("parameters", "invalid value for idList")
    return {
        "id": f"{int(call.new_id()):024x}",
        "name": call.query.get("name", ""),
        "desc": call.query.get("desc", ""),
        "due": call.query.get("due"),
        "idList": call.query["idList"],
        "idBoard": "5abbe4b7ddc1b351ef961400",
        "url": "https://trello.com/c/EfGh5678/1-order-the-cake",
    }


@API.route("GET /boards/{id}", query={"fields?": str, "lists?": {"all", "closed", "none", "open"}})
def get_board(call: Request) -> Any:
    board = call.found(call.state["boards"], call.path["id"], "board")
    wanted = {*call.query.get("fields", "name,desc,closed,url").split(","), "id"}
    shown = {name: value for name, value in board.items() if name in wanted}
    if call.query.get("lists", "none") == "open":
        shown["lists"] = [each for each in call.state["lists"] if not each["closed"]]
    return shown
