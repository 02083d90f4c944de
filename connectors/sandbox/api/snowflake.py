"""Snowflake's SQL API: submit a statement.

Unconfirmed: written from memory of docs.snowflake.com/en/developer-guide/sql-api/reference; so are
the codes of refusals.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import ELSEWHERE, Problem, Request, SimulatedApi, refuse


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {"tables": {"customers": [["Acme"], ["Globex"]]}}


def _refuse(problem: Problem) -> Refusal:
    code = {"sql": "001003", "rate_limited": "390505"}.get(problem.kind, "390400")
    return Refusal(problem.status, {"code": code, "message": problem.message or problem.kind})


API = SimulatedApi(
    "snowflake",
    base="{*.snowflakecomputing.com}",
    state=_state,
    refuse=_refuse,
    headers={"x-snowflake-authorization-token-type": frozenset({"OAUTH"})},
)


@API.route("GET /api/v2/statements/{handle}")
def get_statement(call: Request) -> Any:
    return ELSEWHERE


@API.route(
    "POST /api/v2/statements",
    query={"async?": bool, "requestId?": str, "nullable?": bool},
    body={
        "statement": str,
        "timeout?": int,
        "database?": str,
        "schema?": str,
        "warehouse?": str,
        "role?": str,
        "bindings?": dict,
        "parameters?": dict,
    },
    effect="statement_run",
)
def run_statement(call: Request) -> Any:
    words = call.body["statement"].rstrip(";").split()
    if [each.upper() for each in words[:3:2]] != ["SELECT", "FROM"] or len(words) != 4:
        refuse("sql", "SQL compilation error", 422)
    rows = call.state["tables"].get(words[3].lower())
    if rows is None:
        refuse("sql", f"Object '{words[3].upper()}' does not exist or not authorized.", 422)
    columns = [{"name": words[1].upper(), "type": "text", "nullable": False}]
    return {
        "code": "090001",
        "message": "Statement executed successfully.",
        "statementHandle": call.new_id("01b2-"),
        "resultSetMetaData": {"numRows": len(rows), "format": "jsonv2", "rowType": columns},
        "data": rows,
    }
