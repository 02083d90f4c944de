"""HubSpot's CRM objects, by its API specifications (contacts, companies and deals, 2026-03)."""

from typing import Any

from connectors.provider import FictionalAccount
from connectors.provider_keys import Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, refuse

_CORRELATION = "aeb5f871-7f07-4993-9211-075dc63e7cbf"
_FILTER = {"propertyName": str, "operator": str, "value?": str, "values?": [str], "highValue?": str}
_SEARCH = {
    "query?": str,
    "limit": int,
    "after": str,
    "properties": [str],
    "sorts": [str],
    "filterGroups": [{"filters": [_FILTER]}],
}
_ALWAYS = {
    "contacts": (
        "createdate",
        "email",
        "firstname",
        "hs_object_id",
        "lastmodifieddate",
        "lastname",
    ),
    "companies": ("createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"),
    "deals": ("amount", "closedate", "createdate", "dealname", "dealstage", "hs_object_id"),
}
"""What is answered where no properties are asked for."""
_KNOWN = {
    "contacts": {*_ALWAYS["contacts"], "company", "jobtitle", "lifecyclestage", "phone"},
    "companies": {*_ALWAYS["companies"], "city", "country", "industry", "numberofemployees"},
    "deals": {*_ALWAYS["deals"], "hubspot_owner_id", "pipeline"},
}


def _state(account: FictionalAccount) -> dict[str, Any]:
    def made(number: int, **properties: str) -> dict[str, Any]:
        times = {"createdAt": "2026-01-05T09:00:00.000Z", "updatedAt": "2026-01-06T09:00:00.000Z"}
        properties["hs_object_id"] = str(number)
        return {"id": str(number), "properties": properties, **times, "archived": False}

    found = {
        "contacts": (
            made(101, email="gil@globex.example", firstname="Gil", company="Globex"),
            made(102, email="gia@globex.example", firstname="Gia", lastname="Rossi"),
            made(103, email="hal@hooli.example", firstname="Hal", phone="+34600000000"),
        ),
        "companies": (
            made(201, name="Globex", domain="globex.example", city="Madrid"),
            made(202, name="Globex Labs", domain="labs.globex.example"),
        ),
        "deals": (
            made(301, dealname="Globex renewal", amount="1200", dealstage="closedwon"),
            made(302, dealname="Hooli renewal", amount="900", dealstage="qualifiedtobuy"),
        ),
    }
    return {kind: {each["id"]: each for each in those} for kind, those in found.items()}


def _refuse(problem: Problem) -> Refusal:
    category = {
        "scope": "MISSING_SCOPES",
        "not_found": "OBJECT_NOT_FOUND",
        "conflict": "CONFLICT",
    }.get(problem.kind, "VALIDATION_ERROR")
    body = {"status": "error", "message": problem.message, "correlationId": _CORRELATION}
    if problem.kind == "scope":
        body["context"] = {"missingScopes": list(problem.scopes)}  # type: ignore[assignment]
    return Refusal(problem.status, {**body, "category": category})


API = SimulatedApi("hubspot", base="api.hubapi.com", state=_state, refuse=_refuse)
_CRM = "/crm/objects/2026-03"


def _shown(kind: str, thing: dict[str, Any], names: list[str]) -> dict[str, Any]:
    wanted = names or list(_ALWAYS[kind])
    values = {name: thing["properties"].get(name) for name in {*wanted, "hs_object_id"}}
    return {**thing, "properties": values}


def _search(call: Request, kind: str) -> Any:
    asked = call.body
    if not 1 <= asked["limit"] <= 200:
        refuse("body", "limit must be between 1 and 200")
    word = asked.get("query", "").lower()
    found = [
        thing
        for thing in call.state[kind].values()
        if any(word in str(value).lower() for value in thing["properties"].values())
        and _passes(thing, asked["filterGroups"])
    ]
    start = int(asked["after"]) if asked["after"].isdigit() else refuse("body", "after is invalid")
    end = start + asked["limit"]
    results = [_shown(kind, each, asked["properties"]) for each in found[start:end]]
    more = {"paging": {"next": {"after": str(end)}}} if end < len(found) else {}
    return {"total": len(found), "results": results, **more}


def _passes(thing: dict[str, Any], groups: list[Any]) -> bool:
    """Whether one group's filters all hold: equality alone is simulated."""
    if any(each["operator"] != "EQ" for group in groups for each in group["filters"]):
        refuse("body", "the simulation knows the operator EQ")
    properties = thing["properties"]
    return not groups or any(
        all(properties.get(each["propertyName"]) == each.get("value") for each in group["filters"])
        for group in groups
    )


def _checked(kind: str, properties: dict[str, str]) -> dict[str, str]:
    for name in properties:
        if name not in _KNOWN[kind]:
            refuse("body", f'Property values were not valid: Property "{name}" does not exist')
    return properties


def _free(call: Request, email: str | None, but: str = "") -> None:
    for each in call.state["contacts"].values():
        if email and each["properties"].get("email") == email and each["id"] != but:
            refuse("conflict", f"Contact already exists. Existing ID: {each['id']}")


@API.route(f"POST {_CRM}/contacts/search", scopes="crm.objects.contacts.read", body=_SEARCH)
def search_contacts(call: Request) -> Any:
    return _search(call, "contacts")


@API.route(f"POST {_CRM}/companies/search", scopes="crm.objects.companies.read", body=_SEARCH)
def search_companies(call: Request) -> Any:
    return _search(call, "companies")


@API.route(f"POST {_CRM}/deals/search", scopes="crm.objects.deals.read", body=_SEARCH)
def search_deals(call: Request) -> Any:
    return _search(call, "deals")


@API.route(
    f"GET {_CRM}/contacts/{{contact_id}}",
    scopes="crm.objects.contacts.read",
    query={
        "properties?": str,
        "associations?": str,
        "archived?": bool,
        "idProperty?": str,
        "propertiesWithHistory?": str,
    },
)
def get_contact(call: Request) -> Any:
    thing = call.found(call.state["contacts"], call.path["contact_id"], "contact")
    names = call.query.get("properties", "")
    return _shown("contacts", thing, names.split(",") if names else [])


@API.route(
    f"POST {_CRM}/contacts",
    scopes="crm.objects.contacts.write",
    body={"properties": {"*": str}, "associations": [dict]},
    effect="contact_created",
)
def create_contact(call: Request) -> Any:
    properties = _checked("contacts", dict(call.body["properties"]))
    _free(call, properties.get("email"))
    made = {"id": call.new_id(), "createdAt": call.moment(), "updatedAt": call.moment()}
    properties["hs_object_id"] = made["id"]
    call.state["contacts"][made["id"]] = {**made, "properties": properties, "archived": False}
    return Answer(201, call.state["contacts"][made["id"]])


@API.route(
    f"PATCH {_CRM}/contacts/{{contact_id}}",
    scopes="crm.objects.contacts.write",
    query={"idProperty?": str},
    body={"properties": {"*": str}},
    effect="contact_updated",
)
def update_contact(call: Request) -> Any:
    thing = call.found(call.state["contacts"], call.path["contact_id"], "contact")
    properties = _checked("contacts", dict(call.body["properties"]))
    _free(call, properties.get("email"), but=thing["id"])
    thing["properties"].update(properties)
    thing["updatedAt"] = call.moment()
    return thing
