"""Idempotency keys: one sending for each key, whatever dies; a repeat gets the first answer."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator

import pytest

from gateway.encryption.rotation import Rotation
from gateway.encryption.vault import Vault
from gateway.errors import (
    IdempotencyAnswerNotKept,
    IdempotencyInProgress,
    IdempotencyKeyReused,
    IdempotencyOutcomeUnknown,
    InvalidRequest,
    StoreUnavailable,
)
from gateway.proxy import stored_answers
from gateway.proxy.stored_answers import (
    ALIVE,
    LIFETIME,
    MOST_KEPT,
    Claim,
    KeptAnswer,
    KeyedRequest,
    StoredAnswers,
    check_key,
)
from gateway.store.idempotency import IdempotencyStore
from gateway.store.mongo import Database
from gateway.store.sealed import sealed_stores
from tests.support.gateway import FakeClock
from tests.support.linking import dump
from tests.support.sealing import VAULT
from tests.support.silent import NO_AUDIT

BODY = b'{"title": "canary-9f31"}'
REQUEST = KeyedRequest(
    key="order-17",
    tenant="default",
    key_id="key_1",
    user="alice",
    connector="acme",
    method="POST",
    url="https://api.acme.example/v1/pages?a=b",
    content_type="application/json",
    choice=("", ""),
    body=BODY,
)
ANSWER = KeptAnswer(
    status=201,
    headers=[(b"content-type", b"application/json"), (b"link", b"a"), (b"link", b"\xff")],
    body=b"\x00\xffcanary-answer",
)


@pytest.fixture
def answers(database: Database, clock: FakeClock) -> StoredAnswers:
    return StoredAnswers(IdempotencyStore(database), VAULT, clock)


@pytest.fixture
async def claim(answers: StoredAnswers) -> AsyncIterator[Claim]:
    """The first request, under way."""
    claimed = await claimed_by(answers)
    yield claimed
    await claimed.end()


async def claimed_by(answers: StoredAnswers, request: KeyedRequest = REQUEST) -> Claim:
    claimed = await answers.claim(request)
    assert isinstance(claimed, Claim)
    return claimed


async def finish(claim: Claim, answer: KeptAnswer = ANSWER) -> None:
    claim.answered(answer.status, answer.headers)
    half = len(answer.body) // 2
    claim.add(answer.body[:half])
    claim.add(answer.body[half:])
    await claim.keep()


@pytest.mark.requirement("I6")
async def test_a_repeat_gets_the_first_answer(answers: StoredAnswers, claim: Claim) -> None:
    await finish(claim)
    await claim.end()  # changes nothing any more

    assert await answers.find(REQUEST) == ANSWER
    assert await answers.claim(REQUEST) == ANSWER


async def test_a_new_request_has_no_answer(answers: StoredAnswers) -> None:
    assert await answers.find(REQUEST) is None


@pytest.mark.requirement("I6")
async def test_of_many_one_sends_and_all_get_its_answer(
    database: Database, clock: FakeClock
) -> None:
    """Twenty requests in as many processes."""
    sent = 0

    async def one() -> KeptAnswer:
        nonlocal sent
        answers = StoredAnswers(IdempotencyStore(database.apart()), VAULT, clock)
        if (found := await answers.find(REQUEST) or await answers.claim(REQUEST)) is None:
            raise AssertionError
        if isinstance(found, KeptAnswer):
            return found
        sent += 1
        await asyncio.sleep(0.05)
        await finish(found)
        return ANSWER

    assert await asyncio.gather(*(one() for _ in range(20))) == [ANSWER] * 20
    assert sent == 1


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"url": "https://api.acme.example/v1/pages?a=c"},
        {"content_type": "text/plain"},
        {"choice": ("org", "")},
        {"choice": ("", "acct_2")},
        {"body": BODY + b" "},
    ],
    ids=str,
)
async def test_another_request_under_the_same_key_is_refused(
    answers: StoredAnswers, claim: Claim, change: dict[str, object]
) -> None:
    other = dataclasses.replace(REQUEST, **change)  # type: ignore[arg-type]
    for _ in range(2):  # while the first one runs, and afterwards
        with pytest.raises(IdempotencyKeyReused):
            await answers.find(other)
        await finish(claim)


@pytest.mark.parametrize("name", ["tenant", "key_id", "user", "connector", "key"])
async def test_a_key_belongs_to_its_owner(answers: StoredAnswers, claim: Claim, name: str) -> None:
    """The same key of another tenant, service key, user or connector is another key."""
    await finish(claim)
    other = dataclasses.replace(REQUEST, **{name: "other"})  # type: ignore[arg-type]
    assert await answers.find(other) is None


async def test_a_repeat_waits_for_the_first_request(answers: StoredAnswers, claim: Claim) -> None:
    repeat = asyncio.create_task(answers.find(REQUEST))
    await asyncio.sleep(0.05)
    assert not repeat.done()
    await finish(claim)
    assert await repeat == ANSWER


@pytest.mark.usefixtures("claim")
async def test_a_repeat_does_not_wait_for_ever(
    answers: StoredAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_answers, "LONGEST_WAIT", 0.05)
    with pytest.raises(IdempotencyInProgress):
        await answers.find(REQUEST)


@pytest.mark.requirement("I6")
async def test_after_the_death_of_its_process_a_request_is_not_sent_again(
    answers: StoredAnswers, claim: Claim, clock: FakeClock
) -> None:
    clock.advance(seconds=ALIVE.total_seconds())  # no sign of life meanwhile
    for _ in range(2):
        with pytest.raises(IdempotencyOutcomeUnknown):
            await answers.claim(REQUEST)

    await finish(claim)  # it was only suspended
    assert await answers.find(REQUEST) == ANSWER


async def test_a_request_that_runs_gives_signs_of_life(
    database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_answers, "SIGN_EVERY", 0.01)
    monkeypatch.setattr(stored_answers, "LONGEST_WAIT", 0.0)
    answers = StoredAnswers(IdempotencyStore(database), VAULT, clock)
    claim = await claimed_by(answers)
    clock.advance(seconds=10)
    await signed(answers, clock)
    clock.advance(seconds=10)
    with pytest.raises(IdempotencyInProgress):
        await answers.find(REQUEST)
    await claim.end()


async def signed(answers: StoredAnswers, clock: FakeClock) -> None:
    """Wait for the next sign of life."""
    store = answers._store
    while True:
        row = await store.get(REQUEST.tenant, REQUEST.id, clock())
        assert row is not None
        if row.until > clock() + ALIVE / 2:
            return
        await asyncio.sleep(0.01)


async def test_an_unknown_outcome_is_said_at_once(answers: StoredAnswers, claim: Claim) -> None:
    await claim.end()
    with pytest.raises(IdempotencyOutcomeUnknown):
        await answers.find(REQUEST)


async def test_a_request_without_effect_frees_its_key(answers: StoredAnswers, claim: Claim) -> None:
    await claim.end(had_no_effect=True)
    assert await answers.find(REQUEST) is None
    other = dataclasses.replace(REQUEST, body=b"another one")
    await (await claimed_by(answers, other)).end()


@pytest.mark.parametrize("status", [401, 429])
async def test_an_answer_that_says_that_nothing_was_done_is_not_kept(
    answers: StoredAnswers, claim: Claim, status: int
) -> None:
    await finish(claim, dataclasses.replace(ANSWER, status=status))
    assert await answers.find(REQUEST) is None


@pytest.mark.parametrize("status", [200, 302, 400, 403, 404, 422, 500, 503])
async def test_any_other_answer_is_kept(answers: StoredAnswers, claim: Claim, status: int) -> None:
    answer = dataclasses.replace(ANSWER, status=status)
    await finish(claim, answer)
    assert await answers.find(REQUEST) == answer


async def test_an_answer_that_is_too_large_is_not_kept_and_not_repeated(
    answers: StoredAnswers, claim: Claim
) -> None:
    claim.answered(200, [])
    for _ in range(3):
        claim.add(bytes(MOST_KEPT // 2))
    await claim.keep()
    with pytest.raises(IdempotencyAnswerNotKept, match="200"):
        await answers.find(REQUEST)


async def test_the_largest_answer_that_is_kept(answers: StoredAnswers, claim: Claim) -> None:
    answer = dataclasses.replace(ANSWER, body=bytes(MOST_KEPT))
    await finish(claim, answer)
    assert await answers.find(REQUEST) == answer


async def test_a_key_is_free_again_after_its_lifetime(
    answers: StoredAnswers, claim: Claim, clock: FakeClock
) -> None:
    """MongoDB may delete the row minutes later: the row of the old request counts no more."""
    await finish(claim)
    clock.advance(hours=23)
    assert await answers.find(REQUEST) == ANSWER
    clock.advance(seconds=LIFETIME.total_seconds())
    assert await answers.find(REQUEST) is None
    other = dataclasses.replace(REQUEST, body=b"another one")
    second = await claimed_by(answers, other)
    await finish(claim)  # the first one is late, and changes nothing
    answer = dataclasses.replace(ANSWER, body=b"second")
    await finish(second, answer)
    assert await answers.find(other) == answer


@pytest.mark.requirement("J1")
async def test_neither_request_nor_answer_is_stored_in_clear(
    mongodb_url: str, database_name: str, claim: Claim
) -> None:
    await finish(claim)
    stored = dump(mongodb_url, database_name)["idempotency"]
    for clear in (b"canary", b"order-17", b"alice", b"api.acme", b"link"):
        assert clear not in stored


async def test_an_answer_in_another_row_does_not_open(
    database: Database, answers: StoredAnswers, claim: Claim
) -> None:
    await finish(claim)
    other = dataclasses.replace(REQUEST, user="bob")
    await finish(await claimed_by(answers, other), dataclasses.replace(ANSWER, body=b"bob's"))
    rows = database.collection("idempotency")
    theirs = await rows.find_one({"_id": other.id})
    assert theirs is not None
    await rows.update_one({"_id": REQUEST.id}, {"$set": {"answer": theirs["answer"]}})
    with pytest.raises(IdempotencyAnswerNotKept):
        await answers.find(REQUEST)


async def test_answers_are_resealed_with_a_new_encryption_key(
    database: Database, answers: StoredAnswers, claim: Claim, clock: FakeClock
) -> None:
    await finish(claim)
    running = dataclasses.replace(REQUEST, key="runs")
    second = await claimed_by(answers, running)
    both = Vault({"k2": b"2" * 32, "k1": b"k" * 32})
    done = await Rotation(both, sealed_stores(database), NO_AUDIT).run(lambda _: None)
    assert not done.unreadable
    await finish(second)

    later = StoredAnswers(IdempotencyStore(database), both, clock)
    assert await later.find(REQUEST) == ANSWER
    assert await later.find(running) == ANSWER
    row = await database.collection("idempotency").find_one({"_id": REQUEST.id})
    assert row is not None
    assert row["answer"]["key"] == "k2"


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "schlüssel", "a\x00"])
def test_a_key_that_no_header_should_have_is_refused(key: str) -> None:
    with pytest.raises(InvalidRequest, match="Idempotency-Key"):
        check_key(key)


@pytest.mark.parametrize("key", ["x", "x" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"'])
def test_a_key_may_be_any_printable_text(key: str) -> None:
    check_key(key)


async def test_a_database_that_is_away_costs_the_answer_and_no_more(
    answers: StoredAnswers, claim: Claim, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The caller still gets the answer; a repeat is refused, since nothing is known of it."""

    async def away(*_: object, **__: object) -> bool:
        raise StoreUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(IdempotencyStore, "keep", away)
        await finish(claim)
    clock.advance(seconds=ALIVE.total_seconds())
    with pytest.raises(IdempotencyOutcomeUnknown):
        await answers.find(REQUEST)
