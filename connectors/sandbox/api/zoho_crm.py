"""Zoho CRM's API, by zoho.com/crm/developer/docs/api/v8 (get, search, insert records, errors).

Unconfirmed: written without the documentation at hand; what matters is paths, scopes, page tokens,
and the shapes of answers.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import (
    ELSEWHERE,
    Answer,
    Problem,
    Request,
    SimulatedApi,
    page_of,
    refuse,
)

_CENTRES = (
    "zoho.com=www.zohoapis.com|zoho.eu=www.zohoapis.eu|zoho.in=www.zohoapis.in"
    "|zoho.com.au=www.zohoapis.com.au|zoho.jp=www.zohoapis.jp|zoho.uk=www.zohoapis.uk"
    "|zoho.sa=www.zohoapis.sa|zohocloud.ca=www.zohoapis.ca|zoho.com.cn=www.zohoapis.com.cn"
)
_CODES = {
    "scope": ("OAUTH_SCOPE_MISMATCH", 401),
    "not_found": ("INVALID_DATA", 400),
    "module": ("INVALID_MODULE", 400),
    "fields": ("REQUIRED_PARAM_MISSING", 400),
}


def _error(problem: Problem) -> Refusal:
    code, status = _CODES.get(problem.kind, ("INVALID_REQUEST", 400))
    said = {"code": code, "details": {}, "message": problem.message, "status": "error"}
    return Refusal(status, said)


_MANDATORY = {"Leads": ("Last_Name",), "Contacts": ("Last_Name",), "Accounts": ("Account_Name",)}


def _state(account: FictionalAccount) -> dict[str, Any]:
    leads = [
        {
            "id": f"55402300000024000{number}",
            "Last_Name": last,
            "First_Name": first,
            "Company": company,
            "Email": f"{first.lower()}@{company.lower()}.example",
        }
        for number, (first, last, company) in enumerate(
            (("Bill", "Lumbergh", "Initech"), ("Hank", "Scorpio", "Globex"), ("Al", "Wu", "Hooli")),
            1,
        )
    ]
    return {"Leads": {each["id"]: each for each in leads}, "Contacts": {}, "Accounts": {}}


API = SimulatedApi("zoho-crm", base=f"{{{_CENTRES}}}/crm/v8", state=_state, refuse=_error)
_READ = "ZohoCRM.modules.READ ZohoCRM.modules.ALL"


def _records(call: Request) -> dict[str, Any]:
    if call.path["module"] not in _MANDATORY:
        refuse("module", "the module name given seems to be invalid")
    found: dict[str, Any] = call.state[call.path["module"]]
    return found


def _size(call: Request) -> int:
    size: int = call.query.get("per_page", 200)
    if not 1 <= size <= 200:
        refuse("parameters", "per_page is out of range")
    return size


@API.route("GET /users", query={"type?": str})
def list_users(call: Request) -> Any:
    return ELSEWHERE  # it is no module, though its address looks like one


@API.route(
    "GET /{module}",
    any_of=_READ,
    query={
        "fields": str,
        "ids?": str,
        "cvid?": str,
        "sort_by?": {"id", "Created_Time", "Modified_Time"},
        "sort_order?": {"asc", "desc"},
        "page?": int,
        "per_page?": int,
        "page_token?": str,
    },
)
def list_records(call: Request) -> Any:
    if "page" in call.query and "page_token" in call.query:
        refuse("parameters", "page and page_token exclude each other")
    records, names = list(_records(call).values()), call.query["fields"].split(",")
    if not 1 <= len(names) <= 50:
        refuse("fields", "at most 50 fields")
    page, following = page_of(records, call.query.get("page_token"), _size(call))
    if not page:
        return Answer(204)
    info = {
        "per_page": _size(call),
        "count": len(page),
        "page": call.query.get("page", 1),
        "sort_by": "id",
        "sort_order": "desc",
        "next_page_token": following,
        "previous_page_token": None,
        "more_records": following is not None,
    }
    return {"data": [_only(each, names) for each in page], "info": info}


def _only(record: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """A record with the named fields; a field that does not exist is left out."""
    return {"id": record["id"], **{name: record[name] for name in names if name in record}}


@API.route(
    "GET /{module}/search",
    any_of=_READ,
    query={
        "word?": str,
        "criteria?": str,
        "email?": str,
        "phone?": str,
        "fields?": str,
        "page?": int,
        "per_page?": int,
    },
)
def search_records(call: Request) -> Any:
    if not call.has("ZohoSearch.securesearch.READ"):
        refuse("scope", "invalid oauth scope to access this URL")
    if "word" not in call.query and "email" not in call.query:
        refuse("fields", "One of the expected parameter is missing")
    word, email = call.query.get("word", "").lower(), call.query.get("email")
    found = [
        each
        for each in _records(call).values()
        if (email is None or each.get("Email") == email)
        and any(word in str(value).lower() for value in each.values())
    ]
    page, size = call.query.get("page", 1), _size(call)
    shown = found[(page - 1) * size : page * size]
    if not shown:
        return Answer(204)
    more = page * size < len(found)
    info = {"per_page": size, "count": len(shown), "page": page, "more_records": more}
    return {"data": shown, "info": info}


@API.route("GET /{module}/{id}", any_of=_READ, query={"fields?": str})
def get_record(call: Request) -> Any:
    return {"data": [call.found(_records(call), call.path["id"], "record")]}


@API.route(
    "POST /{module}",
    any_of="ZohoCRM.modules.CREATE ZohoCRM.modules.ALL",
    body={"data": [{"*": object}], "trigger?": [str]},
    effect="record_created",
)
def create_records(call: Request) -> Any:
    records: dict[str, Any] = _records(call)
    results: list[dict[str, Any]] = []
    for given in call.body["data"]:
        missing = [name for name in _MANDATORY[call.path["module"]] if not given.get(name)]
        if missing:
            details = {"api_name": missing[0], "json_path": f"$.data[{len(results)}].{missing[0]}"}
            said = {"code": "MANDATORY_NOT_FOUND", "message": "required field not found"}
            results.append({**said, "details": details, "status": "error"})
            continue
        key = f"55402300000025{call.new_id()}"
        records[key] = {"id": key, **given}
        said = {"code": "SUCCESS", "message": "record added", "status": "success"}
        results.append({**said, "details": {"id": key, "Created_Time": call.moment()}})
    failed = all(each["status"] == "error" for each in results)
    return Answer(202 if failed else 201, {"data": results})
