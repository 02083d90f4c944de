"""monday.com's GraphQL API: boards and create_item, by developer.monday.com/api-reference.

Unconfirmed: written from memory of the schema; so are the codes of refusals.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import ELSEWHERE, Problem, Request, SimulatedApi, refuse
from connectors.simulated_graphql import GraphqlError, Member, Schema, execute, read

_SCHEMA = Schema(
    types={
        "query": {
            "boards": Member(type="Board", arguments={"limit": "Int", "page": "Int"}),
            "me": Member(type="User"),
        },
        "mutation": {
            "create_item": Member(
                type="Item",
                arguments={
                    "board_id": "ID!",
                    "item_name": "String!",
                    "group_id": "String",
                    "column_values": "JSON",
                },
            )
        },
        "Board": dict.fromkeys(("id", "name", "state", "description", "url"), Member()),
        "Item": dict.fromkeys(("id", "name", "state", "url", "created_at"), Member()),
        "User": dict.fromkeys(("id", "name", "email"), Member()),
    }
)
_SCOPES = {"boards": "boards:read", "create_item": "boards:write"}


def _state(account: FictionalAccount) -> dict[str, Any]:
    names = ("Launch", "Support")
    return {
        "boards": [
            {"id": f"900000000{number}", "name": name, "state": "active", "description": None}
            for number, name in enumerate(names, 1)
        ]
    }


def _refuse(problem: Problem) -> Refusal:
    codes = {"scope": "missingRequiredPermissions", "graphql": "undefinedField"}
    code = codes.get(problem.kind, "InvalidBoardIdException")
    error = {"message": problem.message or problem.kind, "extensions": {"code": code}}
    status = problem.status if problem.kind == "rate_limited" else 200
    return Refusal(status, {"errors": [error]})


API = SimulatedApi(
    "monday",
    base="api.monday.com",
    state=_state,
    refuse=_refuse,
    headers={"api-version": frozenset({"2026-07", "2026-10", "2027-01"})},
)


@API.route("POST /v2", body={"query": str, "variables?": dict}, effect="query_run")
def graphql(call: Request) -> Any:
    def resolve(name: str, given: Any) -> Any:
        if not call.has(_SCOPES[name]):
            refuse("scope", "Missing required permissions")
        if name == "boards":
            start = (given.get("page", 1) - 1) * given.get("limit", 25)
            return call.state["boards"][start : start + given.get("limit", 25)]
        if given["board_id"] not in {board["id"] for board in call.state["boards"]}:
            refuse("board", "Board not found")
        key = call.new_id("100000")
        url = f"https://acme.monday.com/boards/{given['board_id']}/pulses/{key}"
        return {"id": key, "name": given["item_name"], "state": "active", "url": url}

    try:
        if [each.name for each in read(call.body["query"]).selection] == ["me"]:
            return ELSEWHERE
        data = execute(_SCHEMA, call.body["query"], call.body.get("variables", {}), resolve)
    except GraphqlError as error:
        refuse("graphql", str(error))
    return {"data": data, "account_id": 1}
