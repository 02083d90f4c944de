"""Each check fails for a connector that is broken in just what it is about, and says so."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from gateway.testing.checks import CHECKS
from gateway.testing.checks.check import Check
from gateway.testing.checks.faults import FAULTS
from gateway.testing.runner import workshop
from gateway.testing.subject import Subject
from gateway.testing.wire import SandboxTransport
from tests.support.broken import BROKEN
from tests.support.subjects import Change, check_named, described, expected, simulated, subject_of


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_check_fails_for_what_it_is_about_and_holds_without(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = BROKEN[check.name]
    assert workshop().failure(check, subject_of(broken.connector)) is None
    if broken.overlooked:
        monkeypatch.setattr(SandboxTransport, "replace", _overlook)
    failure = workshop().failure(check, broken.subject)
    assert failure is not None
    assert broken.says in failure


@pytest.mark.parametrize(
    "kind",
    [
        "connecting fails when the token endpoint answers",
        "the connection stays when a refresh is answered with",
    ],
)
@pytest.mark.parametrize("fault", FAULTS.keys() - {"a refused client"})
def test_a_fault_that_is_taken_for_another_one_is_no_typed_error(
    kind: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person would be told that an operator must look, while the provider was only down."""
    monkeypatch.setattr(SandboxTransport, "replace", _mistake)
    failure = workshop().failure(check_named(f"{kind} {fault}"), subject_of("google"))
    assert failure is not None
    assert "ProviderMisconfigured" in failure


def promised(*, issuer_required: bool) -> Change:
    """A provider whose metadata promises ``iss``, and a connector that knows it or does not."""

    def change(subject: Subject) -> Subject:
        authorize = replace(subject.provider.authorize, issuer_advertised=True)
        changed = simulated(authorize=authorize)(subject)
        return described(issuer_required=issuer_required)(changed)

    return change


@pytest.mark.parametrize(
    ("name", "connector", "change", "says"),
    [
        (
            "a scope that the person refuses is noticed",
            "microsoft",
            described(scopes_not_echoed=frozenset()),
            "without offline_access the connection is needs_scopes",
        ),
        (
            "a scope that the person refuses is noticed",
            "slack",
            described(scopes_not_echoed=frozenset({"users:read"})),
            "users:read the connection is active",
        ),
        ("a person connects", "google", expected(scopes=("openid",)), "other scopes are noted"),
        (
            "the authorization request says what is expected",
            "google",
            described(use_pkce=False),
            "PKCE is not sent",
        ),
        (
            "every request carries documented headers only",
            "shopify",
            described(token_headers={"X-Shopify-Access-Token": "1"}),
            "token gets the header x-shopify-access-token",
        ),
        (
            "a callback of another issuer is refused, and one of none where it is promised",
            "google",
            promised(issuer_required=False),
            "is accepted although the absence of an issuer is wrong",
        ),
        (
            "a callback of another issuer is refused, and one of none where it is promised",
            "google",
            described(issuer_required=True),
            "CallbackNotVerified",
        ),
        (
            "every request goes to an endpoint of the provider",
            "google",
            described(token_url="https://oauth2.googleapis.com:8443/token"),
            "the provider answered not_found",
        ),
    ],
    ids=[
        "a scope is never echoed",
        "a scope is echoed",
        "fewer scopes",
        "no PKCE",
        "the API's header",
        "a promised issuer",
        "an unpromised issuer",
        "port",
    ],
)
def test_a_change_that_could_hide_something_from_a_check_is_noticed(
    name: str, connector: str, change: Change, says: str
) -> None:
    failure = workshop().failure(check_named(name), change(subject_of(connector)))
    assert failure is not None
    assert says in failure


@pytest.mark.requirement("B4")
def test_a_promised_issuer_that_is_required_holds() -> None:
    """A provider whose metadata promises ``iss``, and a connector that insists on it."""
    name = "a callback of another issuer is refused, and one of none where it is promised"
    subject = promised(issuer_required=True)(subject_of("google"))
    assert workshop().failure(check_named(name), subject) is None


def test_a_scope_is_not_justified_by_a_word_that_holds_it() -> None:
    google = subject_of("google")
    misspelt = replace(google, header=google.header.replace("openid", "openidconnect"))
    failure = workshop().failure(check_named("its header is complete"), misspelt)
    assert failure == 'its header does not justify the scope "openid"'


def _overlook(wire: SandboxTransport, place: str, answer: httpx.Response) -> None:
    """Lets the provider answer as always."""


def _mistake(wire: SandboxTransport, place: str, answer: httpx.Response) -> None:
    """Has the provider always refuse the client."""
    wire.replaced[place] = FAULTS["a refused client"].answer
