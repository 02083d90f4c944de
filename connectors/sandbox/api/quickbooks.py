"""QuickBooks Online's Accounting API, by developer.intuit.com (data queries, Customer, Invoice,
error handling). What a query may say is read as documented: one entity, conditions joined by AND,
``=``, ``<``, ``>``, ``LIKE`` with ``%``, and paging.

Unconfirmed: written without the documentation at hand; what matters is the grammar of queries,
minor versions, and the shapes of answers.
"""

import re
from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import ELSEWHERE, Problem, Request, SimulatedApi, refuse

_SCOPE = "com.intuit.quickbooks.accounting"
_CODES = {"not_found": "610", "query": "4000", "duplicate": "6240", "scope": "3200"}


def _error(problem: Problem) -> Refusal:
    error = {"Message": problem.message, "code": _CODES.get(problem.kind, "2010")}
    kind = "AuthorizationFault" if problem.kind == "scope" else "ValidationFault"
    status = 400 if problem.kind == "not_found" else problem.status
    return Refusal(status, {"Fault": {"Error": [error], "type": kind}})


def _customer(key: str, name: str, email: str | None, balance: float) -> dict[str, Any]:
    made: dict[str, Any] = {
        "Id": key,
        "SyncToken": "0",
        "domain": "QBO",
        "DisplayName": name,
        "Active": True,
        "Balance": balance,
    }
    return made | ({"PrimaryEmailAddr": {"Address": email}} if email else {})


def _invoice(key: str, customer: dict[str, Any], total: float, paid: bool) -> dict[str, Any]:
    return {
        "Id": key,
        "SyncToken": "0",
        "domain": "QBO",
        "DocNumber": f"1{key}",
        "TxnDate": "2026-11-01",
        "DueDate": "2026-12-01",
        "CustomerRef": {"value": customer["Id"], "name": customer["DisplayName"]},
        "CurrencyRef": {"value": "USD", "name": "United States Dollar"},
        "TotalAmt": total,
        "Balance": 0 if paid else total,
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    customers = [
        _customer("1", "Pat O'Brien", "pat@obrien.example", 120.5),
        _customer("2", "Initech", "bills@initech.com.example", 0),
        _customer("3", "Umbrella \\ Sons", None, 0),
    ]
    invoices = [
        _invoice(str(number), customers[(number - 101) % 3], 120.5, number != 101)
        for number in (101, 102, 103)
    ]
    return {
        "Customer": {each["Id"]: each for each in customers},
        "Invoice": {each["Id"]: each for each in invoices},
        "Item": {"1": {"Id": "1", "Name": "Services"}},
    }


API = SimulatedApi(
    "quickbooks",
    base="{production=quickbooks.api.intuit.com|sandbox=sandbox-quickbooks.api.intuit.com}"
    "/v3/company/{realm}",
    state=_state,
    refuse=_error,
    same_tenant=False,
)

_VERSION = {"minorversion?": int, "requestid?": str}
_VALUE = r"'((?:[^'\\]|\\['\\])*)'"
_CONDITION = re.compile(rf"(\w+)\s*(=|<|>|LIKE)\s*{_VALUE}", re.IGNORECASE)
_FROM = r"SELECT \* FROM (Customer|Invoice)"
_WHERE = rf"(?:\s+WHERE\s+((?:[^']|{_VALUE})+?))?"
_PAGING = r"(?:\s+STARTPOSITION\s+(\d+))?(?:\s+MAXRESULTS\s+(\d+))?"
_QUERY = re.compile(_FROM + _WHERE + _PAGING, re.IGNORECASE)


def _own(call: Request) -> bool:
    """Whether the company is the token's own; another is refused by the provider's file."""
    if "application/json" not in call.headers.get("accept", ""):
        refuse("header", "the answer would be XML", 406)
    return bool(call.path["realm"] == call.account.facts["realm"])


def _conditions(text: str) -> list[tuple[str, str, str]]:
    found, rest = [], text.strip()
    while rest:
        match = _CONDITION.match(rest)
        if match is None:
            refuse("query", "Error parsing query")
        value = re.sub(r"\\(.)", r"\1", match[3])
        found.append((match[1], match[2].upper(), value))
        rest = rest[match.end() :].strip()
        if rest:
            joined = re.match(r"AND\s+", rest, re.IGNORECASE)
            if joined is None:
                refuse("query", "Error parsing query")
            rest = rest[joined.end() :]
    return found


def _holds(record: dict[str, Any], name: str, sign: str, value: str) -> bool:
    if name not in record:
        refuse("query", f"QueryValidationError: property {name} is not queryable")
    held = record[name]
    if isinstance(held, dict):
        held = held["value"]
    if sign == "LIKE":
        pattern = "".join(".*" if each == "%" else re.escape(each) for each in value)
        return re.fullmatch(pattern, str(held), re.IGNORECASE) is not None
    if sign == "=":
        return str(held) == value
    return float(held) > float(value) if sign == ">" else float(held) < float(value)


@API.route("GET /query", scopes=_SCOPE, query={"query": str, **_VERSION})
def query(call: Request) -> Any:
    if not _own(call):
        return ELSEWHERE
    match = _QUERY.fullmatch(call.query["query"])
    if match is None:
        refuse("query", "Error parsing query")
    entity, where = match[1].title(), match[2]
    start, size = int(match[4] or 1), int(match[5] or 100)
    if start < 1 or not 1 <= size <= 1000:
        refuse("query", "the page is out of range")
    conditions = _conditions(where) if where else []
    found = [
        record
        for record in call.state[entity].values()
        if all(_holds(record, *condition) for condition in conditions)
    ]
    page = found[start - 1 : start - 1 + size]
    listed = {entity: page, "startPosition": start, "maxResults": len(page)} if page else {}
    return {"QueryResponse": listed, "time": call.moment()}


@API.route(
    "POST /customer",
    scopes=_SCOPE,
    query=_VERSION,
    body={
        "DisplayName?": str,
        "GivenName?": str,
        "FamilyName?": str,
        "CompanyName?": str,
        "Notes?": str,
        "PrimaryEmailAddr?": {"Address": str},
        "PrimaryPhone?": {"FreeFormNumber": str},
        "BillAddr?": dict,
    },
    effect="customer_created",
)
def create_customer(call: Request) -> Any:
    if not _own(call):
        return ELSEWHERE
    name = call.body.get("DisplayName", "")
    if any(each["DisplayName"] == name for each in call.state["Customer"].values()):
        refuse("duplicate", "Duplicate Name Exists Error")
    made = {**_customer(call.new_id(), name, None, 0), **call.body}
    call.state["Customer"][made["Id"]] = made
    return {"Customer": made, "time": call.moment()}


@API.route("GET /invoice/{id}", scopes=_SCOPE, query=_VERSION)
def get_invoice(call: Request) -> Any:
    if not _own(call):
        return ELSEWHERE
    invoice = call.found(call.state["Invoice"], call.path["id"], "Invoice")
    return {"Invoice": invoice, "time": call.moment()}


_LINE = {
    "DetailType": {"SalesItemLineDetail"},
    "Amount": float,
    "Description?": str,
    "SalesItemLineDetail": {
        "ItemRef": {"value": str, "name?": str},
        "Qty?": float,
        "UnitPrice?": float,
    },
}


@API.route(
    "POST /invoice",
    scopes=_SCOPE,
    query=_VERSION,
    body={
        "CustomerRef": {"value": str, "name?": str},
        "Line": [_LINE],
        "DueDate?": str,
        "TxnDate?": str,
        "DocNumber?": str,
        "PrivateNote?": str,
    },
    effect="invoice_created",
)
def create_invoice(call: Request) -> Any:
    if not _own(call):
        return ELSEWHERE
    customer = call.found(call.state["Customer"], call.body["CustomerRef"]["value"], "Customer")
    for line in call.body["Line"]:
        call.found(call.state["Item"], line["SalesItemLineDetail"]["ItemRef"]["value"], "Item")
    total = sum(line["Amount"] for line in call.body["Line"])
    made = _invoice(call.new_id(), customer, total, paid=False)
    made |= {name: call.body[name] for name in ("DueDate", "TxnDate", "Line") if name in call.body}
    call.state["Invoice"][made["Id"]] = made
    return {"Invoice": made, "time": call.moment()}
