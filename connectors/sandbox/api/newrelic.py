"""New Relic's NerdGraph, by docs.newrelic.com (NerdGraph: NRQL, alert policies, accounts).

Unconfirmed: the schema beyond the fields that the documentation's examples show, the length of a
page, and the words of errors.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, page_of, refuse
from connectors.simulated_graphql import GraphqlError, Member, Schema, execute

_HOSTS = "{us=api.newrelic.com|eu=api.eu.newrelic.com|jp=api.jp.newrelic.com}"
_ACCOUNT = 4000001
_PAGE = 2
_SCHEMA = Schema(
    types={
        "query": {"actor": Member(type="Actor")},
        "mutation": {},
        "Actor": {
            "user": Member(type="User"),
            "accounts": Member(type="AccountOutline"),
            "account": Member(type="Account", arguments={"id": "Int!"}),
        },
        "User": {"id": Member(), "email": Member(), "name": Member()},
        "AccountOutline": {"id": Member(), "name": Member()},
        "Account": {
            "id": Member(),
            "name": Member(),
            "nrql": Member(type="NrdbResultContainer", arguments={"query": "Nrql!"}),
            "alerts": Member(type="Alerts"),
        },
        "NrdbResultContainer": {"results": Member(), "nrql": Member()},
        "Alerts": {"policiesSearch": Member(type="Policies", arguments={"cursor": "String"})},
        "Policies": {
            "nextCursor": Member(),
            "totalCount": Member(),
            "policies": Member(type="Policy"),
        },
        "Policy": {"id": Member(), "name": Member(), "incidentPreference": Member()},
    },
    inputs={"Nrql": str},
)


def _error(problem: Problem) -> Refusal:
    if problem.kind == "graphql":
        return Refusal(200, {"errors": [{"message": problem.message}]})
    return Refusal(problem.status, {"errors": [{"message": problem.message}]})


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {
        "policies": [
            {"id": str(100 + number), "name": name, "incidentPreference": "PER_POLICY"}
            for number, name in enumerate(("Web", "Database", "Jobs"), 1)
        ]
    }


API = SimulatedApi("newrelic", base=_HOSTS, state=_state, refuse=_error)


def _actor(call: Request) -> dict[str, Any]:
    said = call.body.get("variables") or {}
    found: dict[str, Any] = {
        "user": dict(call.account.facts),
        "accounts": [{"id": _ACCOUNT, "name": "Acme"}],
    }
    if "account" not in said:
        return found
    if said["account"] != _ACCOUNT:
        refuse("graphql", "Not authorized to access this account")
    nrql = said.get("nrql", "")
    if nrql and "FROM" not in nrql.upper():
        refuse("graphql", "NRQL Syntax Error: Error at line 1 position 1")
    page, after = page_of(call.state["policies"], said.get("cursor"), _PAGE)
    search = {"nextCursor": after, "totalCount": len(call.state["policies"]), "policies": page}
    found["account"] = {
        "id": _ACCOUNT,
        "name": "Acme",
        "nrql": {"results": [{"count": 1234}], "nrql": nrql},
        "alerts": {"policiesSearch": search},
    }
    return found


@API.route("POST /graphql", body={"query": str, "variables?": (dict, None)})
def graphql(call: Request) -> Any:
    try:
        variables = call.body.get("variables") or {}
        return {
            "data": execute(_SCHEMA, call.body["query"], variables, lambda name, args: _actor(call))
        }
    except GraphqlError as error:
        refuse("graphql", str(error))
