"""Tools of New Relic: https://docs.newrelic.com/docs/apis/nerdgraph.

Everything is a query of NerdGraph, of one account. A mistake in it is told inside of a success.

Unconfirmed: written without NerdGraph's schema at hand; what matters is the members of NRQL results
and of alert policies.
"""

from typing import Annotated, Any

from pydantic import AliasPath, Field

from connectors.tooling import Args, Failure, HttpTool, In, Needs, Output, Pages

_NEWRELIC = (Needs("newrelic"),)
_WRONG = Failure(path="errors", message="errors[0].message")
_Account = Annotated[
    int,
    In("body", "variables.account"),
    Field(ge=1, description="Id of the account (newrelic_list_accounts)."),
]
_NRQL = (
    "query ($account: Int!, $nrql: Nrql!) "
    "{ actor { account(id: $account) { nrql(query: $nrql) { results } } } }"
)
_POLICIES = (
    "query ($account: Int!, $cursor: String) { actor { account(id: $account) { alerts "
    "{ policiesSearch(cursor: $cursor) "
    "{ nextCursor policies { id name incidentPreference } } } } } }"
)
_FOUND = ("data", "actor", "account", "alerts", "policiesSearch")


class NoArgs(Args):
    pass


class Account(Output):
    id: int
    name: str | None = None


class Accounts(Output):
    accounts: list[Account] = Field(validation_alias=AliasPath("data", "actor", "accounts"))


class QueryNrql(Args):
    account_id: _Account
    nrql: Annotated[str, In("body", "variables.nrql")] = Field(
        min_length=6,
        max_length=5000,
        description="NRQL, as SELECT count(*) FROM Transaction SINCE 1 hour ago LIMIT 10.",
    )


class Results(Output):
    results: list[dict[str, Any]] = Field(
        validation_alias=AliasPath("data", "actor", "account", "nrql", "results")
    )


class ListPolicies(Args):
    account_id: _Account
    cursor: Annotated[str | None, In("body", "variables.cursor")] = Field(
        None, max_length=500, description="next of the page before."
    )


class Policy(Output):
    id: str
    name: str | None = None
    incident_preference: str | None = Field(None, validation_alias="incidentPreference")


class Policies(Output):
    policies: list[Policy] = Field(validation_alias=AliasPath(*_FOUND, "policies"))


TOOLS = (
    HttpTool(
        name="newrelic_list_accounts",
        description="List the New Relic accounts that the key can see, for their ids.",
        needs=_NEWRELIC,
        effect="read",
        method="POST",
        path="/graphql",
        body={"query": "{ actor { accounts { id name } } }"},
        args=NoArgs,
        output=Accounts,
        failure=_WRONG,
        examples=({},),
    ),
    HttpTool(
        name="newrelic_query_nrql",
        description="Run an NRQL query on the data of a New Relic account, and return its rows.",
        needs=_NEWRELIC,
        effect="read",
        method="POST",
        path="/graphql",
        body={"query": _NRQL},
        args=QueryNrql,
        output=Results,
        failure=_WRONG,
        examples=({"account_id": 4000001, "nrql": "SELECT count(*) FROM Transaction"},),
    ),
    HttpTool(
        name="newrelic_list_alert_policies",
        description="List the alert policies of a New Relic account: name, id, how incidents are "
        "made.",
        needs=_NEWRELIC,
        effect="read",
        method="POST",
        path="/graphql",
        body={"query": _POLICIES},
        args=ListPolicies,
        output=Policies,
        failure=_WRONG,
        pages=Pages(argument="cursor", next=".".join((*_FOUND, "nextCursor"))),
        examples=({"account_id": 4000001},),
    ),
)
