"""Google Ads' API v26, by developers.google.com/google-ads/api/rest/reference (search, errors).

The reporting language is read no further than to the resource after FROM and the fields before it.

Unconfirmed: written without the documentation at hand; what matters is the version in the path, the
headers and the shape of a row.
"""

from __future__ import annotations

import re
from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import ELSEWHERE, Problem, Request, SimulatedApi, page_of, refuse

_ADWORDS = "https://www.googleapis.com/auth/adwords"
_CODES = {"scope": "PERMISSION_DENIED", "not_found": "NOT_FOUND"}
_PAGE = 2
"""Rows of a page here; ten thousand at Google, which takes no other number."""


def _error(problem: Problem) -> Refusal:
    code = _CODES.get(problem.kind, "INVALID_ARGUMENT")
    error = {"code": problem.status, "message": problem.message, "status": code}
    return Refusal(problem.status, {"error": error})


def _state(account: FictionalAccount) -> dict[str, Any]:
    names = ("Spring sale", "Summer sale", "Brand", "Winter coats", "Returns")
    return {
        "campaign": [
            {
                "campaign": {
                    "resourceName": f"customers/1234567890/campaigns/{number}",
                    "id": str(number),
                    "name": name,
                    "status": "ENABLED",
                }
            }
            for number, name in enumerate(names, 1)
        ]
    }


API = SimulatedApi("google-ads", base="googleads.googleapis.com/v26", state=_state, refuse=_error)


@API.route(
    "POST /customers/{customer}/googleAds:search",
    scopes=_ADWORDS,
    body={"query": str, "pageToken?": str, "validateOnly?": bool},
)
def search(call: Request) -> Any:
    if call.path["customer"] != "1234567890":
        refuse("scope", "The caller does not have permission")
    found = re.fullmatch(r"\s*SELECT\s+(.+?)\s+FROM\s+(\w+)\b.*", call.body["query"], re.S | re.I)
    if found is None or found[2] not in call.state:
        refuse("parameters", "Request contains an invalid argument.")
    rows, token = page_of(call.state[found[2]], call.body.get("pageToken"), _PAGE)
    mask = ",".join(part.strip() for part in found[1].split(","))
    return {"results": rows, "fieldMask": mask, **({"nextPageToken": token} if token else {})}


@API.route("GET /customers:listAccessibleCustomers", scopes=_ADWORDS)
def list_customers(call: Request) -> Any:
    """The provider's own file has the answer, which tells the account."""
    return ELSEWHERE
