"""Checks on documented answers: what the provider is known to say is understood."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from connectors.account import AccountInfo
from connectors.context import Tokens
from connectors.provider import Reason, RefusedRequest
from connectors.secret import Secret
from gateway.engine.request import OutboundResponse
from gateway.engine.token_response import read_token_response
from gateway.errors import ProviderError, TokenRejected, UnreadableResponse
from gateway.observe.metrics import Metrics
from gateway.outbound.bulkhead import Bulkhead
from gateway.outbound.client import Outbound
from gateway.outbound.egress import EgressPolicy
from gateway.sandbox.wire import shaped_refusal
from gateway.services.provider import Grant, Provider
from gateway.testing.checks.check import Checks
from gateway.testing.expectations import AccountSample, ErrorSample, TokenSample
from gateway.testing.subject import Subject, expect, expect_typed
from gateway.testing.wire import SampleTransport

SAMPLES = Checks("samples")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@SAMPLES.of_subject("the documented token answer is read")
async def _token(subject: Subject) -> None:
    _check_token(subject, subject.expectations.exchange)


@SAMPLES.of_subject("the documented refresh answer is read")
async def _refresh(subject: Subject) -> None:
    sample = subject.expectations.refresh
    expect(
        (sample is not None) == (subject.refreshes and not subject.extends),
        "the answer to a refresh is needed where the provider issues tokens by it, and only there",
    )
    if sample is not None:
        _check_token(subject, sample)


def _check_token(subject: Subject, sample: TokenSample) -> None:
    tokens = _read(subject, sample.answer)
    seconds = None if tokens.expires_at is None else (tokens.expires_at - NOW).total_seconds()
    refresh_token = tokens.refresh_token.reveal() if tokens.refresh_token else None
    scopes = subject.expectations.scopes if sample.scopes is None else sample.scopes
    for name, found, expected in (
        ("access_token", tokens.access_token.reveal(), sample.access_token),
        ("refresh_token", refresh_token, sample.refresh_token),
        ("expires_in", seconds, sample.expires_in),
        ("scopes", tokens.scopes, scopes),
    ):
        expect(found == expected, f"{name} is read as {found!r}, expected {expected!r}")


@SAMPLES.of_subject("an answer without the token is an error")
async def _no_token(subject: Subject) -> None:
    sample = subject.expectations.exchange
    try:
        _read(subject, _without(sample.answer, sample.access_token))
    except UnreadableResponse:
        return
    expect(False, "a token is read in an answer that has none")


@SAMPLES.of_subject("documented errors are understood")
async def _errors(subject: Subject) -> None:
    for sample in subject.expectations.refusals:
        _check_error(subject, sample)


@SAMPLES.of_subject("a refresh token that the provider refuses is a dead one")
async def _dead(subject: Subject) -> None:
    if not subject.refreshes:
        return
    for reason in _DEAD:
        request = RefusedRequest(
            endpoint="token", error="invalid_grant", reason=reason, description="…", status=400
        )
        said = shaped_refusal(subject.provider, request)
        _check_error(subject, ErrorSample(said.status, said.body, TokenRejected, on_refresh=True))


_DEAD: tuple[Reason, ...] = ("refresh_token_unknown", "refresh_token_used", "grant_revoked")


def _check_error(subject: Subject, sample: ErrorSample) -> None:
    said = f"{sample.status} {dict(sample.body)}"
    try:
        _read(subject, sample.body, sample.status, on_refresh=sample.on_refresh)
    except ProviderError as error:
        name = type(error).__name__
        expect(type(error) is sample.raises, f"{said} is {name}, expected {sample.raises.__name__}")
    else:
        expect(False, f"{said} is taken for a token")


@SAMPLES.of_subject("the documented account is read")
async def _account(subject: Subject) -> None:
    expect(subject.expectations.accounts, "accounts is empty")
    for expected, sample in subject.accounts():
        typed = _typed(subject, expected, sample)
        async with _provider(sample.answers) as provider:
            grant = _grant(subject, sample)
            found = await provider.account(subject.config, grant, typed)
            if subject.hook is not None:
                enriched = await provider.enrich(subject.config, subject.hook, grant, typed, found)
                expect(enriched.failure is None, f"the hook fails: {enriched.failure}")
                found = enriched.account
        for name in ("external_account_id", "account_label", "metadata"):
            expect(
                getattr(found, name) == getattr(expected, name),
                f"{name} is {getattr(found, name)!r}, expected {getattr(expected, name)!r}",
            )


@SAMPLES.of_subject("an account without its id is an error")
async def _no_account(subject: Subject) -> None:
    expect(subject.expectations.accounts, "accounts is empty")
    for expected, sample in subject.accounts():
        typed = _typed(subject, expected, sample)
        emptied = replace(_grant(subject, sample), token_response={})
        async with _provider({address: {} for address in sample.answers}) as provider:
            try:
                found = await provider.account(subject.config, emptied, typed)
            except ProviderError:
                continue
        expect(False, f"an empty answer is taken for the account {found.external_account_id!r}")


def _typed(subject: Subject, expected: AccountInfo, sample: AccountSample) -> Mapping[str, str]:
    """The input of a sample's person. Raises ``ContractViolation`` for common mistakes."""
    name = f"the account sample of {expected.external_account_id!r}"
    for address in sample.answers:
        expect(
            "://" not in address and not address.startswith("/"),
            f"{name} has an answer at {address!r}: write host and path alone, without https://",
        )
    typed = subject.people[0].typed if sample.typed is None else sample.typed
    expect_typed(subject.config, name, typed)
    return typed


def _read(
    subject: Subject, body: Mapping[str, Any], status: int = 200, *, on_refresh: bool = False
) -> Tokens:
    response = httpx.Response(status, json=body)
    headers = {name.lower(): value for name, value in response.headers.items()}
    answer = OutboundResponse(status=status, headers=headers, content=response.content)
    granted = subject.config.scopes if on_refresh else None
    return read_token_response(subject.config, answer, NOW, granted)[0]


def _grant(subject: Subject, sample: AccountSample) -> Grant:
    tokens = Tokens(
        access_token=Secret(subject.expectations.exchange.access_token),
        refresh_token=None,
        token_type="Bearer",
        expires_at=NOW + timedelta(hours=1),
        scopes=subject.config.scopes,
    )
    answer = sample.token_answer or subject.expectations.exchange.answer
    return Grant(tokens=tokens, token_response=answer, callback_metadata=sample.callback)


@asynccontextmanager
async def _provider(answers: Mapping[str, Any]) -> AsyncIterator[Provider]:
    """A ``Provider`` whose API answers with samples."""
    async with httpx.AsyncClient(transport=SampleTransport(answers)) as client:
        yield Provider(Outbound(client, EgressPolicy(), Bulkhead(Metrics())), lambda: NOW)


def _without(answer: Any, value: str) -> Any:
    """``answer`` without every member that is ``value``."""
    if isinstance(answer, Mapping):
        return {key: _without(item, value) for key, item in answer.items() if item != value}
    return answer
