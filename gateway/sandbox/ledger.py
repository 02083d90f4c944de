"""The memory of the simulated providers: codes, grants, tokens, and a log of requests.

Kept in one JSON file, so that connections made in development survive a restart of ``make dev``.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from connectors.provider import SimulatedProvider
from gateway.sandbox.wire import Refused

LOG_LENGTH = 2_000


@dataclass
class Code:
    """An authorization code, bound to everything that it may be exchanged with."""

    provider: str
    tenant: str
    account: str
    scopes: list[str]
    redirect_uri: str
    challenge: str | None
    params: dict[str, str]
    consented_before: bool
    expires_at: float
    grant: str | None = None
    """The grant that it was exchanged for: a second use ends that grant (RFC 6749 4.1.2)."""


@dataclass
class Grant:
    """One consent. ``chain`` numbers its refresh tokens."""

    id: str
    provider: str
    tenant: str
    account: str
    scopes: list[str]
    params: dict[str, str]
    revoked: bool = False

    @property
    def client(self) -> str:
        """The client id of its app; empty in a file of an earlier version."""
        return self.params.get("client_id", "")


@dataclass
class App:
    """An app that somebody registered at a provider, beside the one that its description has."""

    provider: str
    secret: str


@dataclass
class AccessToken:
    """``expires_at`` is in epoch seconds; ``retires`` is the refresh token that its first use ends.

    ``scopes`` are ``None`` where they are the grant's.
    """

    grant: str
    expires_at: float | None
    retires: str | None = None
    scopes: list[str] | None = None

    def is_over(self, now: float) -> bool:
        """Whether it is expired at ``now``, in epoch seconds."""
        return self.expires_at is not None and self.expires_at <= now


@dataclass
class RefreshToken:
    """``used`` after it was rotated away, at ``used_at`` (epoch seconds), for ``replaced_by``."""

    grant: str
    used: bool = False
    used_at: float | None = None
    replaced_by: str | None = None


@dataclass
class Ledger:
    """The memory of all simulated providers."""

    file: Path | None = None
    now: Callable[[], float] = time.time
    codes: dict[str, Code] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    refresh_tokens: dict[str, RefreshToken] = field(default_factory=dict)
    apps: dict[str, App] = field(default_factory=dict)
    """By client id."""
    data: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    """What the accounts hold, by provider, tenant and account. It is in no file."""
    log: list[dict[str, Any]] = field(default_factory=list)
    logged: int = 0

    def note(self, provider: str, endpoint: str, outcome: str, **facts: Any) -> None:
        """Add a line to the log; no credential is in it."""
        self.logged += 1
        line = {"number": self.logged, "provider": provider, "endpoint": endpoint}
        self.log.append(line | {"outcome": outcome} | facts)
        del self.log[:-LOG_LENGTH]

    def note_refusal(self, provider: str, endpoint: str, refused: Refused, **facts: Any) -> None:
        """Add a line about a refusal, with the sentence that says why."""
        why = {"reason": refused.reason, "description": refused.description}
        self.note(provider, endpoint, refused.error, **facts, **why)

    def seen_by(self, rules: SimulatedProvider, given: Collection[str | None]) -> SimulatedProvider:
        """The provider with the credentials of the app whose client id or secret is ``given``."""
        for client_id, app in self.apps.items():
            if app.provider == rules.name and (client_id in given or app.secret in given):
                return replace(rules, client_id=client_id, client_secret=app.secret)
        return rules

    def living_grants(
        self, provider: str, tenant: str, account: str | None = None, client: str | None = None
    ) -> list[Grant]:
        """The grants that were not revoked; the newest consent last.

        Those of one account or of all, and to one app or to all.
        """
        return [
            grant
            for grant in self.grants.values()
            if (grant.provider, grant.tenant) == (provider, tenant)
            and account in {None, grant.account}
            and client in {None, grant.client}
            and not grant.revoked
        ]

    def new_grant(self, code: Code) -> Grant:
        """A grant for a code that was just exchanged."""
        grant = Grant(
            id=secrets.token_hex(8),
            provider=code.provider,
            tenant=code.tenant,
            account=code.account,
            scopes=code.scopes,
            params=code.params,
        )
        self.grants[grant.id] = grant
        code.grant = grant.id
        return grant

    def shared_grant(self, code: Code) -> Grant:
        """The living grant of the code's account, continued by this consent; else a new one."""
        client = code.params["client_id"]
        living = self.living_grants(code.provider, code.tenant, code.account, client)
        if not living:
            return self.new_grant(code)
        grant = self.grants.pop(living[-1].id)
        self.grants[grant.id] = grant  # the newest consent is the last
        grant.scopes = code.scopes
        code.grant = grant.id
        return grant

    def current_refresh_token(self, grant: Grant) -> str | None:
        """The newest refresh token of a grant that was not used yet."""
        tokens = [
            token
            for token, stored in self.refresh_tokens.items()
            if stored.grant == grant.id and not stored.used
        ]
        return tokens[-1] if tokens else None

    def newest_end(self, grant: str) -> float | None:
        """When the newest access token of a grant ends; ``None`` if it does not."""
        ends = [token.expires_at for token in self.access_tokens.values() if token.grant == grant]
        return ends[-1] if ends else None

    def is_living(self, token: AccessToken) -> bool:
        """Whether an access token is neither expired nor its grant revoked."""
        return not token.is_over(self.now()) and not self.grants[token.grant].revoked

    def end_access_tokens(self, grant: Grant) -> None:
        """Let the access tokens that a grant has so far expire now."""
        for token in self.access_tokens.values():
            if token.grant == grant.id:
                token.expires_at = self.now()

    def revoke(self, grant: Grant, *, whole_account: bool) -> None:
        """End a grant, or every grant of its account."""
        grant.revoked = True
        if whole_account:
            for other in self.living_grants(
                grant.provider, grant.tenant, grant.account, grant.client
            ):
                other.revoked = True
        self.save()

    def end_grants(self, provider: str) -> None:
        """End every grant of one provider."""
        for grant in self.grants.values():
            if grant.provider == provider:
                grant.revoked = True
        self.note(provider, "grants", "ended")
        self.save()

    def expire(self, provider: str | None = None) -> int:
        """Let all access tokens (of one provider) expire now; how many."""
        expired = 0
        for token in self.access_tokens.values():
            if provider in {None, self.grants[token.grant].provider}:
                token.expires_at = self.now()
                expired += 1
        self.save()
        return expired

    def reset(self, provider: str | None = None) -> None:
        """Give every account (of one provider) the data back that it began with."""
        for place in [place for place in self.data if provider in {None, place[0]}]:
            del self.data[place]

    def summary(self, provider: str) -> Mapping[str, int]:
        """Counts for the control page."""
        grants = {g.id for g in self.grants.values() if g.provider == provider and not g.revoked}
        alive = [
            token
            for token in self.access_tokens.values()
            if token.grant in grants and self.is_living(token)
        ]
        return {"grants": len(grants), "access_tokens": len(alive)}

    def save(self) -> None:
        """Write everything but the log to the file, if there is one."""
        if self.file is None:
            return
        state = {
            name: {key: asdict(value) for key, value in getattr(self, name).items()}
            for name in _KINDS
        }
        temporary = self.file.with_suffix(".new")
        temporary.write_text(json.dumps(state))
        temporary.chmod(0o600)
        temporary.replace(self.file)

    def load(self) -> None:
        """Read the file, if it is there; what another version wrote into it besides is left out."""
        if self.file is None or not self.file.is_file():
            return
        state = json.loads(self.file.read_text())
        for name, kind in _KINDS.items():
            known = {item.name for item in fields(kind)}
            entries = {
                key: kind(**{k: v for k, v in value.items() if k in known})
                for key, value in state.get(name, {}).items()
            }
            setattr(self, name, entries)


_KINDS: dict[str, Any] = {
    "codes": Code,
    "grants": Grant,
    "access_tokens": AccessToken,
    "refresh_tokens": RefreshToken,
    "apps": App,
}
