"""Mercury's API, by docs.mercury.com/reference (accounts, transactions, recipients).

Unconfirmed: the members of answers, and which of a recipient's are required; pages and paths are
those of the reference.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse

_HOSTS = "{live=api.mercury.com|sandbox=api-sandbox.mercury.com}"


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"errors": {"message": problem.message}})


def _id(kind: str, number: int) -> str:
    return f"{kind}0000000-89ab-4cde-8f01-{number:012}"


def _state(account: FictionalAccount) -> dict[str, Any]:
    names = ("Cloud Services", "City Landlord", "Cloud Backup")
    return {
        "accounts": [
            {
                "id": _id("a", number),
                "name": f"Mercury Checking ••{number}",
                "kind": kind,
                "status": "active",
                "type": "mercury",
                "accountNumber": f"20200000{number}",
                "routingNumber": "031100209",
                "availableBalance": 1000.0 * number,
                "currentBalance": 1100.0 * number,
                "createdAt": "2026-01-02T10:00:00Z",
            }
            for number, kind in enumerate(("checking", "savings"), 1)
        ],
        "transactions": [
            {
                "id": _id("b", number),
                "accountId": _id("a", 1),
                "amount": -50.0 * number,
                "status": "pending" if number == 2 else "sent",
                "kind": "externalTransfer",
                "counterpartyName": name,
                "createdAt": f"2026-11-2{number}T10:00:00Z",
                "postedAt": None if number == 2 else f"2026-11-2{number}T12:00:00Z",
                "note": None,
            }
            for number, name in enumerate(names, 1)
        ],
        "recipients": {},
    }


API = SimulatedApi("mercury", base=f"{_HOSTS}/api/v1", state=_state, refuse=_error)

_PAGE = {"limit?": int, "start_after?": str, "end_before?": str, "order?": {"asc", "desc"}}


def _page(call: Request, name: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    size, after = call.query.get("limit", 1000), call.query.get("start_after")
    ids = [each["id"] for each in found]
    if not 1 <= size <= 1000 or (after is not None and after not in ids):
        refuse("parameters", "Invalid `start_after` or `limit`")
    start = 0 if after is None else ids.index(after) + 1
    page = found[start : start + size]
    more = {"nextPage": page[-1]["id"]} if start + size < len(found) else {}
    return {name: page, "page": more}


@API.route("GET /accounts", query=_PAGE)
def list_accounts(call: Request) -> Any:
    return _page(call, "accounts", call.state["accounts"])


@API.route(
    "GET /transactions",
    query={
        **_PAGE,
        "search?": str,
        "start?": str,
        "end?": str,
        "status?": {"pending", "sent", "cancelled", "failed"},
    },
)
def list_transactions(call: Request) -> Any:
    status, words = call.query.get("status"), call.query.get("search", "").lower()
    found = [
        each
        for each in call.state["transactions"]
        if status in (None, each["status"])
        and words in each["counterpartyName"].lower()
        and call.query.get("start", "") <= each["createdAt"][:10] <= call.query.get("end", "9")
    ]
    return _page(call, "transactions", found)


_ADDRESS = {
    "address1": str,
    "address2?": str,
    "city": str,
    "region": str,
    "postalCode": str,
    "country": str,
}


@API.route(
    "POST /recipients",
    body={
        "name": str,
        "emails": [str],
        "electronicRoutingInfo?": {
            "accountNumber": str,
            "routingNumber": str,
            "electronicAccountType": {
                "businessChecking",
                "businessSavings",
                "personalChecking",
                "personalSavings",
            },
            "address": _ADDRESS,
        },
        "domesticWireRoutingInfo?": {
            "accountNumber": str,
            "routingNumber": str,
            "address": _ADDRESS,
        },
        "checkInfo?": {"address": _ADDRESS},
    },
    effect="recipient_created",
)
def create_recipient(call: Request) -> Any:
    key = _id("c", int(call.new_id()))
    made = {"id": key, "status": "active", "createdAt": call.moment(), **call.body}
    call.state["recipients"][key] = made
    return made
