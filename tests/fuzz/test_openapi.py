"""Schemathesis over ``/openapi.json``: every answer is one that the document describes.

It makes requests that fit the description and requests that do not: wrong types, missing fields,
odd texts in addresses, unknown methods. Each operation is tested twice: with generated ids, and
with ids of existing rows, so that success is seen, too.

``FUZZ_EXAMPLES`` is the number of requests of each kind (``make fuzz``: 100). Every run makes the
same requests.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckContext
from schemathesis.core.failures import Failure
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from gateway.access.assertions import HEADER
from gateway.web.app import OPERATIONS
from gateway.web.openapi import describe
from gateway.web.problems import INTERNAL, OF_STATUS, PROBLEMS
from gateway.web.proxy import ACCOUNT, HOST, METHODS, OWNER, TRACE
from tests.conftest import GATEWAY_URL
from tests.fuzz.conftest import API, Target

DOCUMENT = describe(OPERATIONS, GATEWAY_URL)
SCHEMA = schemathesis.openapi.from_dict(
    DOCUMENT,
    # Credentials are ours: each request is let in.
    config=schemathesis.Config.from_dict({"generation": {"with-security-parameters": False}}),
)

LEFT_OUT = [
    # A request that fits the description may still be refused: JSON Schema cannot say that a text
    # is printable, that an address leads to a public host, or that a key must name a user.
    positive_data_acceptance,
    # It tries one kind of credential and takes the other, valid kind for a missing one.
    # tests/web/test_key_matrix.py tests each operation with each kind of credential.
    ignored_auth,
]
"""All other checks of Schemathesis run. Some of them cannot fail here: ``missing_required_header``
and ``response_headers_conformance`` (no header is described as required), ``use_after_free``,
``ensure_resource_availability`` and ``object_level_authorization`` (they need links between
operations, which the document does not describe; tests/web/test_key_matrix.py tests them)."""

Case = schemathesis.Case[Any]

fuzzed = settings(
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "8")),
    derandomize=True,
    database=None,
    # The fixtures are about the operation, not about the example.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

PROBLEM_TABLE = [*PROBLEMS.values(), *OF_STATUS.values(), INTERNAL]
PROBLEM_FIELDS = DOCUMENT["components"]["schemas"]["Problem"]["properties"].keys()


def says_no_more_than_the_template(
    ctx: CheckContext, response: schemathesis.Response, case: Case
) -> None:
    """J3: an error is one of the table's, in its words, and has only described fields."""
    if response.status_code < 400 or response.request.method == "HEAD":
        return
    if "gateway-request-id" in response.headers:  # a provider's own answer, passed on
        return
    answer: dict[str, Any] = response.json()
    templates = [
        problem
        for problem in PROBLEM_TABLE
        if (problem.status, problem.code, problem.title)
        == (response.status_code, answer.get("code"), answer.get("title"))
        and problem.advice in {None, answer.get("detail")}
    ]
    if (
        not templates
        or not answer.keys() <= PROBLEM_FIELDS
        or [answer["request_id"]] != response.headers["x-request-id"]
    ):
        raise Failure(
            operation=case.operation.label, title="Not the template", message=response.text
        )


@pytest.fixture
def statuses() -> set[int]:
    """The answers that an operation gave."""
    return set()


@pytest.fixture
def let_in(request: pytest.FixtureRequest, statuses: set[int]) -> Iterator[None]:
    """Fail if the operation refused every request: then the test showed nothing."""
    yield
    if not any(label in request.node.name for label in NEVER_LET_IN):
        assert any(status < 300 for status in statuses), statuses


NOWHERE = "https://127.0.0.1:9/"
"""What a pasted URL leads to: an address that is refused, and no name that is asked for."""
REVISED = frozenset({"/v1/budgets", "/v1/policies"})
"""What is replaced as a whole, by a request that names the revision it replaces."""
OF_A_USER = frozenset(
    {"/v1/connections", "/v1/sessions", "/v1/approvals", "/v1/events", "/v1/tools"}
)
"""What a key asks for one user."""
NEVER_LET_IN = (
    "POST /v1/logins",
    "POST /v1/connectors/{name}/connect",
    "POST /v1/tools/{name}/call",
    " /v1/approvals/{id}",
    "POST /v1/integrations/{slug}/tools/accept",
    "PUT /v1/integrations/{slug}/tools/{tool}/effect",
    *(f"{method} /v1/proxy" for method in METHODS if method != "GET"),
)
"""A login works once for each browser that was sent to its host (tests/web/test_handoff.py), a key
must be one that its provider accepts (tests/web/test_pasted_keys.py), the connection that a tool
needs is not there (tests/tools/test_calls.py), nor are approvals, which such a call asks for
(tests/tools/test_approval_pages.py), an administrator's session alone says what a tool of an
integration may do (tests/integrations/test_pinned.py), and the simulated provider has an answer to
GET alone."""


def ask(case: Case, target: Target, statuses: set[int]) -> None:
    """Send the request with credentials that are let in, and look at the answer with all checks."""
    security = DOCUMENT["paths"][case.operation.path][case.operation.method]["security"]
    headers = target.caller(case.operation.label, security)
    is_positive = case.meta is not None and case.meta.generation.mode.is_positive
    of_integrations = case.operation.path.startswith("/v1/integrations")
    if is_positive and of_integrations and isinstance(case.body, dict) and case.body.get("url"):
        case.body = {**case.body, "url": NOWHERE}
    if case.operation.path == "/v1/events":
        case.query.setdefault("seconds", "0")  # else the answer has no end
    answer = case.call(base_url=target.url, headers=headers)
    statuses.add(answer.status_code)
    case.validate_response(
        answer,
        headers=headers,
        transport_kwargs={"base_url": target.url, "headers": dict(headers)},
        additional_checks=[says_no_more_than_the_template],
        excluded_checks=LEFT_OUT,
    )


def of_an_integration(case: Case, target: Target) -> dict[str, Any] | None:
    """Return a body that can succeed, for what can be said right in one way alone."""
    label = case.operation.label
    method, _, path = label.partition(" /v1/integrations")
    if path in {"/preview", "/{slug}/refresh"}:
        return {"document": API}
    if path == "" and method == "POST":
        return {"document": API, "slug": "pets"}
    if path.startswith("/{slug}/tools/"):
        pinned = {"name": "list_pets", "digest": target.digest(label)}
        is_list = path.endswith("accept")
        return {"tools": [pinned]} if is_list else {"digest": pinned["digest"], "effect": "write"}
    return None


@pytest.mark.requirement("F4", "J3")
@SCHEMA.parametrize()
@fuzzed
def test_generated_requests_are_answered_as_described(
    case: Case, target: Target, statuses: set[int]
) -> None:
    """No 5xx, no undescribed answer, and wrong input refused."""
    ask(case, target, statuses)


@pytest.mark.requirement("F4", "J3")
@SCHEMA.parametrize()
@fuzzed
def test_requests_about_existing_rows_are_answered_as_described(
    case: Case, target: Target, statuses: set[int], let_in: None
) -> None:
    """The same for addresses and users that lead to existing rows."""
    assert case.meta is not None
    case.path_parameters.update(target.existing(case.operation.label, case.operation.path))
    if case.meta.generation.mode.is_positive:
        user = target.user(case.operation.label)
        if case.operation.path == "/v1/webhooks" and isinstance(case.body, dict):
            case.body = {**case.body, "url": "https://hooks.example.com/"}
        elif "{path}" in case.operation.path:
            case.headers.update({"Gateway-User": user})
            for name in (ACCOUNT, OWNER, HOST, TRACE, HEADER):
                case.headers.pop(name, None)
        elif case.operation.path in REVISED and isinstance(case.body, dict):
            case.body = {**case.body, "revision": target.revision(case.operation.path)}
            if "disabled" in case.body:
                case.body["disabled"] = ["slack"]  # any other text names no connector
        elif case.operation.path == "/v1/budgets/check" and isinstance(case.body, dict):
            case.body = {**case.body, "user": user, "connector": "google"}
        elif case.operation.path.startswith("/v1/integrations"):
            case.body = of_an_integration(case, target) or case.body
        elif isinstance(case.body, dict) and "user" in case.body:
            case.body = {"user": user}
        if case.operation.path in OF_A_USER:
            case.query["user"] = user
        if case.operation.path == "/v1/events":
            case.query["seconds"] = "0"
    ask(case, target, statuses)
