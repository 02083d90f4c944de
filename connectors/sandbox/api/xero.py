"""Xero's Accounting API, by developer.xero.com/documentation/api/accounting and
XeroAPI/Xero-OpenAPI (Contacts, Invoices, Accounts, paging, errors).

Each call names an organisation that is known; the provider's own file checks whose it is. Answers
are XML unless JSON is asked for.

Methods, paths, parameters and members are checked against XeroAPI/Xero-OpenAPI.

Unconfirmed: the scope ``accounting.invoices.read``, and ``DateString`` and ``DueDateString`` of an
invoice, which that document does not have.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    if problem.kind == "scope":
        body = {"Title": "Unauthorized", "Status": 401, "Detail": "AuthorizationUnsuccessful"}
        return Refusal(401, body)
    if problem.kind == "body":
        element = {"ValidationErrors": [{"Message": problem.message}]}
        body = {
            "ErrorNumber": 10,
            "Type": "ValidationException",
            "Message": "A validation exception occurred",
            "Elements": [element],
        }
        return Refusal(400, body)
    body = {"Title": problem.kind, "Status": problem.status, "Detail": problem.message}
    return Refusal(problem.status, body)


def _guid(kind: int, number: int) -> str:
    return f"22222222-bbbb-4000-8000-{kind:06}{number:06}"


def _contact(number: int, name: str, email: str) -> dict[str, Any]:
    return {
        "ContactID": _guid(1, number),
        "ContactStatus": "ACTIVE",
        "Name": name,
        "EmailAddress": email,
        "IsSupplier": False,
        "IsCustomer": True,
    }


def _invoice(number: int, contact: dict[str, Any], status: str) -> dict[str, Any]:
    total = 115.0 * number
    return {
        "Type": "ACCREC",
        "InvoiceID": _guid(2, number),
        "InvoiceNumber": f"INV-{number:04}",
        "Contact": {"ContactID": contact["ContactID"], "Name": contact["Name"]},
        "DateString": "2026-11-01T00:00:00",
        "DueDateString": "2026-12-01T00:00:00",
        "Status": status,
        "Total": total,
        "AmountDue": 0.0 if status == "PAID" else total,
        "CurrencyCode": "NZD",
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    people = (("Initech", "bills@initech.example"), ("Umbrella", "pay@umbrella.example"))
    contacts = [_contact(n, name, email) for n, (name, email) in enumerate(people, 1)]
    contacts.append(_contact(3, "Globex", "hank@globex.example"))
    statuses = ("PAID", "AUTHORISED", "DRAFT")
    return {
        "Contacts": contacts,
        "Invoices": [_invoice(n, contacts[n - 1], status) for n, status in enumerate(statuses, 1)],
        "Accounts": [
            {"AccountID": _guid(3, n), "Code": code, "Name": name, "Type": kind, "Status": "ACTIVE"}
            for n, (code, name, kind) in enumerate(
                (("200", "Sales", "REVENUE"), ("404", "Bank Fees", "EXPENSE")), 1
            )
        ],
    }


_TENANTS = frozenset(f"11111111-aaaa-4000-8000-000003{number:06}" for number in (1, 2))
API = SimulatedApi(
    "xero",
    base="api.xero.com/api.xro/2.0",
    state=_state,
    refuse=_error,
    headers={"xero-tenant-id": _TENANTS},
)

_PAGE = {"page?": int, "pageSize?": int, "order?": str, "where?": str}


def _check(call: Request) -> None:
    if "application/json" not in call.headers.get("accept", ""):
        refuse("header", "the answer would be XML", 406)


def _paged(call: Request, name: str, found: list[Any]) -> dict[str, Any]:
    if "order" in call.query or "where" in call.query:
        refuse("parameters", "this simulation reads neither order nor where")
    said = {"Id": _guid(9, 1), "Status": "OK", "ProviderName": "Sandbox"}
    if "page" not in call.query:
        return {**said, name: found}
    page, size = call.query["page"], call.query.get("pageSize", 100)
    if page < 1 or not 1 <= size <= 1000:
        refuse("parameters", "the page is out of range")
    shown = {
        "page": page,
        "pageSize": size,
        "pageCount": -(-len(found) // size),
        "itemCount": len(found),
    }
    return {**said, "pagination": shown, name: found[(page - 1) * size : page * size]}


@API.route(
    "GET /Contacts",
    any_of="accounting.contacts accounting.contacts.read",
    query={
        "searchTerm?": str,
        "IDs?": str,
        "includeArchived?": bool,
        "summaryOnly?": bool,
        **_PAGE,
    },
)
def list_contacts(call: Request) -> Any:
    _check(call)
    term = call.query.get("searchTerm", "").lower()
    found = [
        each
        for each in call.state["Contacts"]
        if term in each["Name"].lower() or term in each["EmailAddress"].lower()
    ]
    return _paged(call, "Contacts", found)


_NEW = {
    "Name": str,
    "EmailAddress?": str,
    "FirstName?": str,
    "LastName?": str,
    "ContactNumber?": str,
}


@API.route(
    "PUT /Contacts",
    scopes="accounting.contacts",
    query={"summarizeErrors?": bool},
    body={"Contacts": [_NEW]},
    effect="contact_created",
)
def create_contacts(call: Request) -> Any:
    _check(call)
    made = []
    for given in call.body["Contacts"]:
        if any(each["Name"] == given["Name"] for each in call.state["Contacts"]):
            refuse("body", f"The contact name {given['Name']} is already assigned")
        contact = {**_contact(int(call.new_id()), given["Name"], ""), **given}
        call.state["Contacts"].append(contact)
        made.append(contact)
    return {"Id": _guid(9, 1), "Status": "OK", "ProviderName": "Sandbox", "Contacts": made}


@API.route(
    "GET /Invoices",
    any_of="accounting.invoices accounting.invoices.read",
    query={
        "Statuses?": str,
        "ContactIDs?": str,
        "InvoiceNumbers?": str,
        "IDs?": str,
        "searchTerm?": str,
        "summaryOnly?": bool,
        **_PAGE,
    },
)
def list_invoices(call: Request) -> Any:
    _check(call)
    statuses = call.query.get("Statuses", "").split(",")
    contacts = call.query.get("ContactIDs", "").split(",")
    found = [
        each
        for each in call.state["Invoices"]
        if (statuses == [""] or each["Status"] in statuses)
        and (contacts == [""] or each["Contact"]["ContactID"] in contacts)
    ]
    return _paged(call, "Invoices", found)


@API.route(
    "GET /Accounts",
    any_of="accounting.settings accounting.settings.read",
    query={"where?": str, "order?": str},
)
def list_accounts(call: Request) -> Any:
    _check(call)
    return _paged(call, "Accounts", call.state["Accounts"])
