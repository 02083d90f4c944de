"""Databricks' API of a workspace, by its own library (databricks/databricks-sdk-py,
``service/sql.py`` and ``service/jobs.py``): execute statement, run now.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import ELSEWHERE, Problem, Request, SimulatedApi, refuse


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {"tables": {"customers": [["Acme"], ["Globex"]]}, "runs": 0}


def _refuse(problem: Problem) -> Refusal:
    codes = {"not_found": "RESOURCE_DOES_NOT_EXIST", "scope": "PERMISSION_DENIED"}
    codes["rate_limited"] = "REQUEST_LIMIT_EXCEEDED"
    code = codes.get(problem.kind, "INVALID_PARAMETER_VALUE")
    said = {"error_code": code, "message": problem.message or problem.kind}
    return Refusal(problem.status, said)


API = SimulatedApi(
    "databricks",
    base="{*.cloud.databricks.com|*.gcp.databricks.com|*.azuredatabricks.net}",
    state=_state,
    refuse=_refuse,
)


@API.route("GET /api/2.0/preview/scim/v2/Me")
def get_me(call: Request) -> Any:
    return ELSEWHERE


@API.route(
    "POST /api/2.0/sql/statements",
    any_of="all-apis sql",
    body={
        "statement": str,
        "warehouse_id": str,
        "catalog?": str,
        "schema?": str,
        "disposition?": {"INLINE", "EXTERNAL_LINKS", "INLINE_OR_EXTERNAL_LINKS"},
        "format?": {"JSON_ARRAY", "ARROW_STREAM", "CSV"},
        "on_wait_timeout?": {"CONTINUE", "CANCEL"},
        "parameters?": [dict],
        "row_limit?": int,
        "byte_limit?": int,
        "wait_timeout?": str,
    },
    effect="statement_run",
)
def execute_statement(call: Request) -> Any:
    if call.body["warehouse_id"] != "abcdef0123456789":
        refuse("not_found", f"{call.body['warehouse_id']} is not a valid endpoint id.")
    words, key = call.body["statement"].rstrip(";").split(), call.new_id("01ee-")
    rows = call.state["tables"].get(words[-1].lower())
    if rows is None:
        error = {"error_code": "BAD_REQUEST", "message": "[TABLE_OR_VIEW_NOT_FOUND]"}
        return {"statement_id": key, "status": {"state": "FAILED", "error": error}}
    columns = [{"name": "name", "position": 0, "type_name": "STRING", "type_text": "STRING"}]
    shown = rows[: call.body.get("row_limit", 10_000)]
    return {
        "statement_id": key,
        "status": {"state": "SUCCEEDED"},
        "manifest": {"format": "JSON_ARRAY", "schema": {"column_count": 1, "columns": columns}},
        "result": {"chunk_index": 0, "row_count": len(shown), "data_array": shown},
    }


@API.route(
    "POST /api/2.2/jobs/run-now",
    any_of="all-apis jobs",
    body={"job_id": int, "job_parameters?": {"*": str}, "idempotency_token?": str},
    effect="job_started",
)
def run_now(call: Request) -> Any:
    if call.body["job_id"] != 11223344:
        refuse("not_found", f"Job {call.body['job_id']} does not exist.", 400)
    call.state["runs"] += 1
    return {"run_id": int(call.new_id()), "number_in_job": call.state["runs"]}
