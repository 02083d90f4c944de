"""Idempotency keys: the first answer to a request is kept, and a repeat gets it.

A request is claimed right before it is sent, in one atomic step of the database, so that of all
processes one sends it. A repeat while it runs waits. After the death of the process that sent it,
and wherever else it is unknown what the provider did, a repeat is refused and never sent.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import secrets
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from connectors.secret import Secret
from gateway.clock import Clock
from gateway.digest import sha256_hex
from gateway.encryption.places import answer_place
from gateway.encryption.vault import Vault
from gateway.errors import (
    IdempotencyAnswerNotKept,
    IdempotencyInProgress,
    IdempotencyKeyReused,
    IdempotencyOutcomeUnknown,
    InvalidRequest,
    StoreUnavailable,
    VaultError,
)
from gateway.observe.logs import get_logger
from gateway.proxy.headers import Header
from gateway.store.idempotency import IdempotencyStore, KeyedCall

_log = get_logger()

LIFETIME = timedelta(hours=24)
"""How long an answer is kept, and its key refused to other requests."""
MOST_KEPT = 1024 * 1024
"""Bytes of a body that is kept."""
LONGEST_KEY = 255
ALIVE = timedelta(seconds=15)
"""A request without a sign of life for so long is of a process that died."""
SIGN_EVERY = 5.0
"""Seconds between two signs of life."""
LONGEST_WAIT = 10.0
"""Seconds that a repeat waits for the first request."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5
NO_EFFECT = frozenset({401, 429})
"""Statuses that say that nothing was done: the key may be used again."""


def check_key(key: str) -> None:
    """Raise ``InvalidRequest`` for an idempotency key that is none."""
    if not (key.isascii() and key.isprintable() and 1 <= len(key) <= LONGEST_KEY):
        raise InvalidRequest(f"Idempotency-Key is 1 to {LONGEST_KEY} printable characters of ASCII")


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyedRequest:
    """A request with an idempotency key. The body is whole; it is kept as a keyed hash only.

    ``choice`` names the host and the account.
    """

    key: str
    tenant: str
    key_id: str
    user: str
    connector: str
    method: str
    url: str
    content_type: str
    choice: Sequence[str]
    body: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """The id of its row: the key belongs to tenant, service key, user and connector."""
        return sha256_hex(
            json.dumps([self.tenant, self.key_id, self.user, self.connector, self.key])
        )

    @property
    def statement(self) -> bytes:
        """The facts that a repeat must share with the first request."""
        digest = hashlib.sha256(self.body).hexdigest()
        return json.dumps(
            [self.method, self.url, self.content_type, list(self.choice), digest]
        ).encode()


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptAnswer:
    """A provider's answer as the caller got it."""

    status: int
    headers: Sequence[Header] = field(repr=False)
    body: bytes = field(repr=False)


class StoredAnswers:
    """The requests with an idempotency key, and their answers."""

    def __init__(self, store: IdempotencyStore, vault: Vault, clock: Clock) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock

    async def find(self, request: KeyedRequest) -> KeptAnswer | None:
        """Return the answer to the first request of this key; ``None`` if there was no request.

        Raises:
            IdempotencyKeyReused: the key was given to another request.
            IdempotencyInProgress: the first request still runs.
            IdempotencyOutcomeUnknown: it is unknown what the provider did.
            IdempotencyAnswerNotKept: the first request was answered, but its answer was too large.
        """
        until, pause = asyncio.get_running_loop().time() + LONGEST_WAIT, _FIRST_PAUSE
        while True:
            found = await self._store.get(request.tenant, request.id, self._clock())
            if found is None:
                return None
            if found.fingerprint not in self._vault.fingerprints(request.statement):
                raise IdempotencyKeyReused
            if found.answer is not None:
                return self._opened(found, found.answer)
            if found.status is not None:
                raise IdempotencyAnswerNotKept(found.status)
            if found.until <= self._clock():
                raise IdempotencyOutcomeUnknown
            if asyncio.get_running_loop().time() > until:
                raise IdempotencyInProgress
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def claim(self, request: KeyedRequest) -> Claim | KeptAnswer:
        """Claim a request that is sent next; return the answer if another one was faster.

        Raises the errors of ``find``.
        """
        while True:
            now = self._clock()
            call = KeyedCall(
                id=request.id,
                tenant=request.tenant,
                connector=request.connector,
                fingerprint=self._vault.fingerprints(request.statement)[0],
                holder=secrets.token_hex(16),
                until=now + ALIVE,
                expires_at=now + LIFETIME,
            )
            if await self._store.claim(call, now):
                return Claim(self, call)
            if (answer := await self.find(request)) is not None:
                return answer

    async def keep(self, call: KeyedCall, answer: KeptAnswer | None, status: int) -> None:
        """Store how a request was answered. A database that is away costs the answer, no more."""
        sealed = None
        if answer is not None:
            text = json.dumps(
                {
                    "status": answer.status,
                    "headers": [
                        [part.decode("latin-1") for part in each] for each in answer.headers
                    ],
                    "body": base64.b64encode(answer.body).decode(),
                }
            )
            sealed = self._vault.seal(Secret(text), answer_place(call))
        try:
            await self._store.keep(
                call, status=status, answer=sealed, encryption_key=self._vault.current
            )
        except StoreUnavailable:
            _log.warning("answer_not_kept", connector=call.connector)

    async def sign(self, call: KeyedCall) -> None:
        """Give signs of life until cancelled."""
        while True:
            await asyncio.sleep(SIGN_EVERY)
            await self._try(self._store.extend(call, self._clock() + ALIVE))

    async def end(self, call: KeyedCall, *, had_no_effect: bool) -> None:
        """End a request without an answer."""
        if had_no_effect:
            await self._try(self._store.release(call))
        else:
            await self._try(self._store.extend(call, self._clock()))

    async def _try(self, writing: Awaitable[object]) -> None:
        with contextlib.suppress(StoreUnavailable):
            await writing

    def _opened(self, call: KeyedCall, sealed: bytes) -> KeptAnswer:
        try:
            fields = json.loads(self._vault.open(sealed, answer_place(call)).reveal())
        except VaultError:
            raise IdempotencyAnswerNotKept(call.status or 0) from None
        return KeptAnswer(
            status=fields["status"],
            headers=[
                (name.encode("latin-1"), value.encode("latin-1"))
                for name, value in fields["headers"]
            ],
            body=base64.b64decode(fields["body"]),
        )


class Claim:
    """The right to send a request once. ``end`` it whatever happens."""

    def __init__(self, answers: StoredAnswers, call: KeyedCall) -> None:
        self._answers = answers
        self._call = call
        self._signing = asyncio.create_task(answers.sign(call))
        self._status = 0
        self._headers: list[Header] = []
        self._body: bytearray | None = bytearray()
        self._over = False

    def answered(self, status: int, headers: Sequence[Header]) -> None:
        """Note the head of the answer, as the caller gets it."""
        self._status, self._headers = status, [*headers]

    def add(self, chunk: bytes) -> None:
        """Note a part of the body, as the caller gets it."""
        if self._body is not None:
            self._body += chunk
            if len(self._body) > MOST_KEPT:
                self._body = None

    async def keep(self) -> None:
        """Store the whole answer, before the caller knows its end. A second time does nothing."""
        if self._over:
            return
        if self._status in NO_EFFECT:
            await self.end(had_no_effect=True)
            return
        answer = None
        if self._body is not None:
            answer = KeptAnswer(status=self._status, headers=self._headers, body=bytes(self._body))
        self._over = True
        self._signing.cancel()
        await self._answers.keep(self._call, answer, self._status)

    async def end(self, *, had_no_effect: bool = False) -> None:
        """End a request that has no answer; after ``keep``, this does nothing.

        ``had_no_effect`` says that the provider has certainly not done what it asks for.
        """
        if not self._over:
            self._over = True
            self._signing.cancel()
            await self._answers.end(self._call, had_no_effect=had_no_effect)
