"""Airtable's Web API, by airtable.com/developers/web/api: bases, tables, records,
webhooks (create a webhook, webhooks overview), errors."""

from datetime import timedelta
from typing import Any

from connectors.provider import FictionalAccount
from connectors.provider_keys import Refusal
from connectors.simulated_api import ELSEWHERE, Problem, Request, SimulatedApi, page_of, refuse

_BASE = "appSandboxCrm01"
_FIELDS = (("fldName", "Name", "singleLineText"), ("fldStage", "Stage", "singleSelect"))
_HIDDEN = (
    "Invalid permissions, or the requested model was not found. Check that both your user and your "
    "token have the required permissions, and that the model names and/or ids are correct."
)


def _state(account: FictionalAccount) -> dict[str, Any]:
    def row(number: int, name: str, stage: str) -> dict[str, Any]:
        cells = {"Name": name, "Stage": stage}
        record = {"id": f"recSandboxDeal{number:02}", "createdTime": "2026-01-05T09:00:00.000Z"}
        return {**record, "fields": cells}

    rows = [row(1, "Acme renewal", "Open"), row(2, "Globex pilot", "Open"), row(3, "Hooli", "Lost")]
    return {"records": {each["id"]: each for each in rows}}


def _refuse(problem: Problem) -> Refusal:
    if problem.kind == "not_found" and problem.message.startswith("no such"):
        return Refusal(404, {"error": "NOT_FOUND"})
    status, kind = {
        "scope": (403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"),
        "not_found": (403, "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND"),
        "UNKNOWN_FIELD_NAME": (422, "UNKNOWN_FIELD_NAME"),
    }.get(problem.kind, (422, "INVALID_REQUEST_UNKNOWN"))
    message = _HIDDEN if status == 403 else problem.message
    return Refusal(status, {"error": {"type": kind, "message": message}})


API = SimulatedApi("airtable", base="api.airtable.com/v0", state=_state, refuse=_refuse)
_CELLS = {"fields": dict, "typecast?": bool}


def _table(call: Request) -> Any:
    if call.path["base"] != _BASE or call.path["table"] not in ("Deals", "tblSandboxDeals1"):
        refuse("not_found", "table")
    return call.state["records"]


def _checked(call: Request) -> dict[str, Any]:
    names = {name for _, name, _ in _FIELDS}
    for name, value in call.body["fields"].items():
        if name not in names:
            refuse("UNKNOWN_FIELD_NAME", f'Unknown field name: "{name}"')
        if not isinstance(value, str) and not call.body.get("typecast", False):
            refuse("body", f'Field "{name}" cannot accept the provided value')
    return {name: str(value) for name, value in call.body["fields"].items()}


@API.route("GET /meta/whoami")
def whoami(call: Request) -> Any:
    return ELSEWHERE  # a table's address has the same form


@API.route("GET /meta/bases", scopes="schema.bases:read", query={"offset?": str})
def list_bases(call: Request) -> Any:
    # A page has a thousand bases at Airtable, and one here.
    found, after = page_of([_BASE, "appSandboxOps01"], call.query.get("offset"), 1)
    names = {_BASE: ("CRM", "create"), "appSandboxOps01": ("Operations", "read")}
    bases = [
        {"id": each, "name": names[each][0], "permissionLevel": names[each][1]} for each in found
    ]
    return {"bases": bases, **({"offset": after} if after else {})}


@API.route("GET /meta/bases/{base}/tables", scopes="schema.bases:read", query={"include?": list})
def list_tables(call: Request) -> Any:
    if call.path["base"] != _BASE:
        refuse("not_found", "base")
    fields = [{"id": key, "name": name, "type": kind} for key, name, kind in _FIELDS]
    view = {"id": "viwSandboxGrid01", "name": "Grid view", "type": "grid"}
    table = {"id": "tblSandboxDeals1", "name": "Deals", "primaryFieldId": "fldName"}
    return {"tables": [{**table, "fields": fields, "views": [view]}]}


_SCOPE_OF = {
    "tableData": "data.records:read",
    "tableFields": "schema.bases:read",
    "tableMetadata": "schema.bases:read",
}


@API.route(
    "POST /bases/{base}/webhooks",
    scopes="webhook:manage",
    body={
        "notificationUrl?": (str, None),
        "specification": {
            "options": {
                "filters": {
                    "dataTypes": [set(_SCOPE_OF)],
                    "recordChangeScope?": str,
                    "changeTypes?": [{"add", "remove", "update"}],
                    "fromSources?": [str],
                    "watchDataInFieldIds?": [str],
                },
                "includes?": dict,
            }
        },
    },
    effect="webhook_created",
)
def create_webhook(call: Request) -> Any:
    if call.path["base"] != _BASE:
        refuse("not_found", "base")
    filters = call.body["specification"]["options"]["filters"]
    if not filters["dataTypes"]:
        refuse("body", "dataTypes must not be empty")
    if not all(call.has(_SCOPE_OF[kind]) for kind in filters["dataTypes"]):
        refuse("scope")
    if filters.get("recordChangeScope", "tblSandboxDeals1") != "tblSandboxDeals1":
        refuse("not_found", "table")
    ends = (call.now + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {
        "id": call.new_id("achSandboxHook"),
        "macSecretBase64": "c2FuZGJveC1tYWMtc2VjcmV0",
        "expirationTime": ends,
    }


@API.route(
    "GET /{base}/{table}",
    scopes="data.records:read",
    query={
        "pageSize?": int,
        "offset?": str,
        "maxRecords?": int,
        "view?": str,
        "filterByFormula?": str,
        "fields[]?": [str],
        "cellFormat?": {"json", "string"},
    },
)
def list_records(call: Request) -> Any:
    records = list(_table(call).values())
    if formula := call.query.get("filterByFormula"):
        # No more of the language of formulas than {Field}="value".
        name, _, value = formula.partition("=")
        name, value = name.strip().strip("{}"), value.strip().strip("\"'")
        if name not in {each for _, each, _ in _FIELDS}:
            refuse("INVALID_FILTER_BY_FORMULA", f"Unknown field names: {name.lower()}")
        records = [each for each in records if each["fields"].get(name) == value]
    if not 1 <= call.query.get("pageSize", 100) <= 100:
        refuse("parameters", "pageSize must be between 1 and 100")
    found, after = page_of(records, call.query.get("offset"), call.query.get("pageSize", 100))
    return {"records": found, **({"offset": after} if after else {})}


@API.route("GET /{base}/{table}/{record}", scopes="data.records:read")
def get_record(call: Request) -> Any:
    return call.found(_table(call), call.path["record"])


@API.route(
    "POST /{base}/{table}", scopes="data.records:write", body=_CELLS, effect="record_created"
)
def create_record(call: Request) -> Any:
    records = _table(call)
    made = {"id": call.new_id("recSandboxNew"), "createdTime": call.moment()}
    records[made["id"]] = {**made, "fields": _checked(call)}
    return records[made["id"]]


@API.route(
    "PATCH /{base}/{table}/{record}",
    scopes="data.records:write",
    body=_CELLS,
    effect="record_updated",
)
def update_record(call: Request) -> Any:
    record = call.found(_table(call), call.path["record"])
    record["fields"].update(_checked(call))
    return record


@API.route("DELETE /{base}/{table}/{record}", scopes="data.records:write", effect="record_deleted")
def delete_record(call: Request) -> Any:
    record = call.found(_table(call), call.path["record"])
    del call.state["records"][record["id"]]
    return {"id": record["id"], "deleted": True}
