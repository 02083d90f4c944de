"""The messages of a contract for an author's ordinary mistakes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors.config_types import Revocation
from connectors.inputs import ConnectionInput
from connectors.sandbox import ApiCall
from gateway.testing import AccountSample, Person
from gateway.testing.runner import workshop
from gateway.testing.subject import Subject
from tests.support.subjects import Change, check_named, described, expected, simulated, subject_of

INPUTS = "what people type is understood"
CONNECTS = "a person connects"
OTHER_HOST = "what people type cannot lead to another host"


def said(check: str, connector: str, change: Change) -> str:
    """Why a check fails for a connector that was changed."""
    failure = workshop().failure(check_named(check), change(subject_of(connector)))
    assert failure is not None
    return failure


def broken(*arguments: Any) -> Any:
    """A function of a sandbox file with a mistake in it."""
    raise KeyError("workspace")


def test_an_authorization_page_that_is_not_there_names_those_that_are() -> None:
    change = described(authorization_url="https://accounts.google.com/authorize")
    text = said(CONNECTS, "google", change)
    assert "no authorization page at accounts.google.com/authorize; the sandbox file has " in text
    for address in (
        "accounts.google.com/o/oauth2/v2/auth (authorize.address)",
        "oauth2.googleapis.com/token (token.address)",
    ):
        assert address in text


def test_an_account_that_is_not_there_names_those_that_are() -> None:
    google = subject_of("google")
    text = said(CONNECTS, "google", expected(people=(Person(account="ana"),) * 2))
    keys = ", ".join(account.key for account in google.provider.accounts)
    assert f"this account was not offered: 'ana' is not among the accounts {keys}" in text


def test_an_account_that_is_not_asked_for_names_the_parameters_that_would() -> None:
    text = said("two people are two accounts", "linear", described(extra_authorize_params={}))
    assert "this account was not offered: " in text
    assert "(a person who consented before is asked again only with prompt)" in text


@pytest.mark.parametrize("check", [CONNECTS, "a code works once"])
def test_a_person_who_types_nothing_is_named_with_the_input(check: str) -> None:
    people = (Person(account="owner"), Person(account="staff"))
    text = said(check, "shopify", expected(people=people))
    assert text == 'the person \'owner\' types nothing into shop (say typed={"shop": "…"})'


def _sample(**changes: Any) -> Change:
    def change(subject: Subject) -> Subject:
        sample = replace(AccountSample(), **changes)
        return expected(accounts={("acme.myshopify.com", "Acme"): sample})(subject)

    return change


@pytest.mark.parametrize(
    "check", ["the documented account is read", "an account without its id is an error"]
)
def test_an_account_sample_that_cannot_work_says_so(check: str) -> None:
    text = said(check, "shopify", _sample(typed={}))
    assert text.startswith("the account sample of 'acme.myshopify.com' types nothing into shop")
    address = "https://acme.myshopify.com/admin/api/2026-10/shop.json"
    text = said(check, "shopify", _sample(answers={address: {}}))
    assert text == (
        f"the account sample of 'acme.myshopify.com' has an answer at {address!r}: write host and "
        "path alone, without https://"
    )


def test_a_sample_is_typed_as_by_the_first_person() -> None:
    check = check_named("the documented account is read")
    assert workshop().failure(check, subject_of("shopify")) is None


def test_a_sandbox_file_without_api_base_asks_for_a_probe() -> None:
    text = said("the token opens the API", "google", simulated(api_base=""))
    assert text == "the sandbox file has no API rule below api_base: say probe = Probe('/…')"


def test_a_grant_that_is_not_revoked_says_what_the_provider_said() -> None:
    text = said(
        "disconnecting ends the grant", "hubspot", described(revocation=Revocation(auth="none"))
    )
    assert text.startswith(
        "revoked is no; the provider refused at revoke: send the right credentials"
    )
    lost = described(revocation_url="https://api.hubapi.com/elsewhere")
    text = said("disconnecting ends the grant", "hubspot", lost)
    assert text.startswith("revoked is no; nothing reached the revocation endpoint of ")


def test_an_error_on_the_wire_says_what_the_provider_said() -> None:
    text = said(CONNECTS, "google", described(extra_token_params={"audience": "x"}))
    assert text.startswith("it fails with ProviderRefused: ")
    assert text.endswith("; the provider refused at token: unknown: audience")


@pytest.mark.parametrize(
    ("change", "check", "name"),
    [
        (simulated(token_answer=broken), CONNECTS, "token_answer"),
        (simulated(error_answer=broken), "a code works once", "error_answer"),
        (simulated(sign_callback=broken), CONNECTS, "sign_callback"),
        (
            simulated(grant=replace(subject_of("google").provider.grant, expires=broken)),
            CONNECTS,
            "grant.expires",
        ),
        (
            simulated(grant=replace(subject_of("google").provider.grant, offline=broken)),
            CONNECTS,
            "grant.offline",
        ),
        (
            simulated(token=replace(subject_of("google").provider.token, check=broken)),
            CONNECTS,
            "token.check",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_function_of_the_sandbox_file_that_fails_is_named(
    change: Change, check: str, name: str
) -> None:
    text = said(check, "google", change)
    assert text == f"{name} of the sandbox file raises KeyError: 'workspace'"


def _answering(answer: Any) -> Change:
    def change(subject: Subject) -> Subject:
        api = tuple(replace(rules, answer=answer) for rules in subject.provider.api)
        return simulated(api=api)(subject)

    return change


def _nothing(call: ApiCall) -> Any:
    return None


def test_an_answer_of_the_api_that_fails_is_named_with_its_address() -> None:
    address = subject_of("figma").provider.api[0].address
    text = said(CONNECTS, "figma", _answering(broken))
    assert text == f"the answer at {address} of the sandbox file raises KeyError: 'workspace'"
    text = said(CONNECTS, "figma", _answering(_nothing))
    assert text == (
        f"the answer at {address} of the sandbox file returns NoneType, not Mapping or list or "
        "Refusal"
    )


@pytest.mark.parametrize("name", ["accepted_inputs", "refused_inputs"])
def test_inputs_without_samples_are_named(name: str) -> None:
    shop = {"accepted_inputs": {"acme": "acme"}, "refused_inputs": ("",)}[name]
    text = f"{name} has no samples for the input shop"
    assert said(INPUTS, "shopify", expected(**{name: {}})) == text
    assert said(INPUTS, "shopify", expected(**{name: {"shop": type(shop)()}})) == text
    unknown = said(INPUTS, "shopify", expected(**{name: {"shop": shop, "desk": shop}}))
    assert unknown == f"{name} has samples for desk, which is no input"


def _pattern(pattern: str) -> Change:
    def change(subject: Subject) -> Subject:
        shop = subject.config.connection_config["shop"]
        return described(connection_config={"shop": replace(shop, pattern=pattern)})(subject)

    return change


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        (r"[a-z0-9_-]*", "''"),
        (r"[a-z0-9.]+", "'a.b'"),
        (r"[a-z/]+", "'a/b'"),
        (r"[a-z@]+", "'a@b'"),
        (r"[a-z0-9:]+", "'a:1'"),
        (r"[a-z#]+", "'a#b'"),
        (r"[a-z?]+", "'a?b'"),
        (r"[a-z ]+", "'a b'"),
        (r"[a-z\\]+", r"'a\\b'"),
        (r"[a-z]+|\.\.", "'..'"),
        (r"[a-z0-9%]+", "'%2e'"),
        (r"[a-z\n]+", r"'a\nb'"),
        (r"[a-z]+", "'aaaaaaaaa… (300 characters)'"),
    ],
)
def test_a_pattern_that_lets_another_host_in_is_named(pattern: str, shown: str) -> None:
    text = said(OTHER_HOST, "shopify", _pattern(pattern))
    assert text == f"the pattern of shop takes {shown}, and it is in an address"


@pytest.mark.parametrize("pattern", [r"[a-z][a-z0-9-]{0,62}", r"(?:xn--)?[a-z0-9]{1,50}", "acme"])
def test_a_pattern_of_one_label_is_taken(pattern: str) -> None:
    subject = _pattern(pattern)(subject_of("shopify"))
    assert workshop().failure(check_named(OTHER_HOST), subject) is None


def test_an_input_that_is_in_no_address_may_be_anything() -> None:
    part = ConnectionInput(title="T", description="-", example="a.b", pattern=".*")
    subject = described(connection_config={"nickname": part})(subject_of("google"))
    assert workshop().failure(check_named(OTHER_HOST), subject) is None
