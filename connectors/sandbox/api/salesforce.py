"""Salesforce's REST API, by the REST API Developer Guide (query, parameterizedSearch, sObject rows,
sObject describe, status codes) and the SOQL reference.

A query here is ``SELECT fields FROM object``, with one ``WHERE name = 'text'`` and a ``LIMIT``;
what else SOQL has is refused as malformed. A page has two records, where an organization has at
least 200.

Unconfirmed: written without the documentation at hand; what matters is paths, what the scope opens,
and the shapes of answers.
"""

import re
from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, refuse

_CODES = {
    "scope": "INSUFFICIENT_ACCESS",
    "not_found": "NOT_FOUND",
    "query": "MALFORMED_QUERY",
    "field": "INVALID_FIELD",
    "required": "REQUIRED_FIELD_MISSING",
    "body": "JSON_PARSER_ERROR",
    "host": "INVALID_SESSION_ID",
}
PAGE = 2


def _error(problem: Problem) -> Refusal:
    code = _CODES.get(problem.kind, "INVALID_REQUEST")
    # A list of one there; the answer of a simulated refusal is an object.
    return Refusal(problem.status, {"message": problem.message, "errorCode": code})


_FIELDS = {
    "Account": ("Name", "Industry", "Website", "Phone"),
    "Lead": ("LastName", "FirstName", "Company", "Email", "Status"),
}
_REQUIRED = {"Account": ("Name",), "Lead": ("LastName", "Company")}
_PREFIX = {"Account": "001", "Lead": "00Q"}


def _record(kind: str, key: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"Id": key, **dict.fromkeys(_FIELDS[kind]), **values}


def _state(account: FictionalAccount) -> dict[str, Any]:
    accounts = [
        _record("Account", f"001Sandbox{name}1", {"Name": f"{name} Inc", "Industry": industry})
        for name, industry in (("Acme", "Retail"), ("Glob", "Energy"), ("Init", None))
    ]
    lead = {"LastName": "Okoro", "Company": "Umbrella", "Status": "Open"}
    return {
        "Account": {each["Id"]: each for each in accounts},
        "Lead": {"00QSandboxBen01": _record("Lead", "00QSandboxBen01", lead)},
        "cursors": {},
    }


_BASE = "{*.my.salesforce.com|*.sandbox.my.salesforce.com}/services/data/v66.0"
API = SimulatedApi("salesforce", base=_BASE, state=_state, refuse=_error, same_tenant=False)
_QUERY = re.compile(
    r"SELECT\s+([\w\s,]+?)\s+FROM\s+(\w+)(?:\s+WHERE\s+(\w+)\s*=\s*'((?:[^'\\]|\\.)*)')?"
    r"(?:\s+LIMIT\s+(\d+))?\s*",
    re.IGNORECASE,
)


def _records(call: Request, kind: str) -> dict[str, dict[str, Any]]:
    """The records of an object, at the host of the token's own organization."""
    if call.host != call.account.facts["host"]:
        refuse("host", "Session expired or invalid", 401)
    if kind not in _FIELDS:
        refuse("not_found", "The requested resource does not exist")
    found: dict[str, dict[str, Any]] = call.state[kind]
    return found


def _check_fields(kind: str, names: Any) -> None:
    for name in names:
        if name != "Id" and name not in _FIELDS[kind]:
            refuse("field", f"No such column '{name}' on entity '{kind}'")


def _shown(kind: str, record: dict[str, Any], names: list[str]) -> dict[str, Any]:
    url = f"/services/data/v66.0/sobjects/{kind}/{record['Id']}"
    return {"attributes": {"type": kind, "url": url}, **{name: record[name] for name in names}}


def _page(call: Request, found: list[Any], start: int, key: str) -> dict[str, Any]:
    done = start + PAGE >= len(found)
    page = {"totalSize": len(found), "done": done, "records": found[start : start + PAGE]}
    if not done:
        call.state["cursors"][key] = found
        page["nextRecordsUrl"] = f"/services/data/v66.0/query/{key}-{start + PAGE}"
    return page


@API.route("GET /query", any_of="api full", query={"q": str})
def query(call: Request) -> Any:
    match = _QUERY.fullmatch(call.query["q"])
    if match is None:
        refuse("query", "unexpected token")
    kind = match[2]
    records = _records(call, kind)
    names = [name.strip() for name in match[1].split(",")]
    _check_fields(kind, [*names, *([match[3]] if match[3] else [])])
    wanted = re.sub(r"\\(.)", r"\1", match[4] or "")
    found = [
        _shown(kind, record, names)
        for record in records.values()
        if not match[3] or record[match[3]] == wanted
    ]
    if match[5]:
        found = found[: int(match[5])]
    return _page(call, found, 0, call.new_id("01gSandbox"))


@API.route("GET /query/{locator}", any_of="api full")
def query_more(call: Request) -> Any:
    _records(call, "Account")
    key, _, start = call.path["locator"].rpartition("-")
    return _page(call, call.found(call.state["cursors"], key, "query locator"), int(start), key)


@API.route(
    "GET /parameterizedSearch",
    any_of="api full",
    query={
        "q": str,
        "sobject?": str,
        "fields?": str,
        "overallLimit?": int,
        "defaultLimit?": int,
        "in?": {"ALL", "NAME", "EMAIL", "PHONE", "SIDEBAR"},
    },
)
def search(call: Request) -> Any:
    if len(call.query["q"]) < 2:
        refuse("query", "search term must be longer than one character")
    kind = call.query.get("sobject", "Account")
    records = _records(call, kind)
    names = call.query.get("fields", "Id").split(",")
    _check_fields(kind, names)
    found = [
        _shown(kind, record, names)
        for record in records.values()
        if any(call.query["q"].lower() in str(value or "").lower() for value in record.values())
    ]
    return {"searchRecords": found[: call.query.get("overallLimit", 2000)]}


@API.route("GET /sobjects/{kind}/describe", any_of="api full")
def describe(call: Request) -> Any:
    kind = call.path["kind"]
    _records(call, kind)
    fields = [
        {
            "name": name,
            "label": name,
            "type": "id" if name == "Id" else "string",
            "nillable": name not in (*_REQUIRED[kind], "Id"),
            "createable": name != "Id",
            "updateable": name != "Id",
        }
        for name in ("Id", *_FIELDS[kind])
    ]
    return {"name": kind, "label": kind, "custom": False, "fields": fields}


@API.route("POST /sobjects/{kind}", any_of="api full", body={"*": object}, effect="record_created")
def create_record(call: Request) -> Any:
    kind = call.path["kind"]
    records = _records(call, kind)
    _check_fields(kind, call.body)
    if missing := [name for name in _REQUIRED[kind] if not call.body.get(name)]:
        refuse("required", f"Required fields are missing: [{', '.join(missing)}]")
    key = f"{_PREFIX[kind]}Sandbox{int(call.new_id()):05}"
    records[key] = _record(kind, key, call.body)
    return Answer(201, {"id": key, "success": True, "errors": []})


@API.route("GET /sobjects/{kind}/{id}", any_of="api full", query={"fields?": str})
def get_record(call: Request) -> Any:
    kind = call.path["kind"]
    record = call.found(_records(call, kind), call.path["id"], "record")
    names = call.query.get("fields", ",".join(("Id", *_FIELDS[kind]))).split(",")
    _check_fields(kind, names)
    return _shown(kind, record, ["Id", *[name for name in names if name != "Id"]])


@API.route(
    "PATCH /sobjects/{kind}/{id}", any_of="api full", body={"*": object}, effect="record_updated"
)
def update_record(call: Request) -> Any:
    kind = call.path["kind"]
    record = call.found(_records(call, kind), call.path["id"], "record")
    _check_fields(kind, call.body)
    record |= call.body
    return Answer(204)


@API.route("DELETE /sobjects/{kind}/{id}", any_of="api full", effect="record_deleted")
def delete_record(call: Request) -> Any:
    records = _records(call, call.path["kind"])
    call.found(records, call.path["id"], "record")
    del records[call.path["id"]]
    return Answer(204)
