"""The provider's own side of the record: its answers, and how strictly it reads requests.

Each request of a connection's life is sent to twins of the simulated provider as well: without one
of its parts, with another value for it, and twice. So every rule of a sandbox file shows in the
record, also the rules that a right request never meets.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx

from gateway.sandbox.authorization import Consent
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.provider import ProviderSimulation
from gateway.sandbox.wire import Incoming, Outcome, Refused
from gateway.store.mongo import Database
from gateway.testing.subject import ContractViolation, Subject
from gateway.testing.wire import incoming_of
from gateway.testing.workbench import open_workbench

_OF_THE_CLIENT = {"host", "connection", "content-length", "user-agent", "accept-encoding"}
_ANY_CLIENTS = {("accept", "*/*"), ("accept", "application/json")}
"""What a client asks for if nobody tells it. Another type is asked for because of the provider."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_UNIX_MOMENT = re.compile(r"(?<=: )1[789]\d{8}(?=[,}\]])")  # a number of JSON between 2023 and 2033
_LATER = 40 * 86400  # seconds; longer than any access token lives

_REMEMBERED = ("codes", "grants", "access_tokens", "refresh_tokens")


async def provider_side(subject: Subject, database: Database) -> dict[str, Any]:
    """Watch the provider through a connection's life, the second of its account."""
    scopes, asking = await _for_all_scopes(subject, database)
    accounts = await _accounts(asking, database)
    seen: dict[str, Any] = {"accounts": accounts, "scopes": scopes}
    async with open_workbench(subject, database) as bench:
        earlier = await bench.token(await bench.connect())
        watch = Watch(bench.simulation)
        bench.transport.watch = watch.note
        started = await bench.start()
        watch.note(incoming_of(httpx.Request("GET", started.authorization_url)))
        params = bench.approve(bench.consent(started))
        seen["callback"] = ", ".join(sorted(params))
        declined = bench.simulation.deny(bench.consent(await bench.start()))
        names = ", ".join(sorted(declined))
        seen["callback when declined"] = f"{names} (error: {declined['error']})"
        code = bench.simulation.ledger.codes[params[bench.simulation.rules.authorize.code_param]]
        seen["a code lives"] = round(code.expires_at - bench.clock().timestamp())
        connection = (await bench.finish(started, params)).connection
        first = await bench.token(connection)
        if subject.refreshes:
            renewed = await bench.token(connection, force=True)
            tokens = {"the earlier token": first, "the other grant's": earlier, "the new": renewed}
            seen["after a refresh"] = {
                name: "refused" if bench.call(token).refused else "works"
                for name, token in tokens.items()
            }
            # The new access token was used by now, which ends the refresh token at some providers.
            again, _ = watch.ask(watch.last["token"])
            seen["after a refresh"]["the used refresh token"] = "works" if again else "refused"
        else:
            renewed = first
        watch.note(bench.request(renewed))
        await bench.disconnect(connection)
        grants = bench.simulation.ledger.grants.values()
        seen["after disconnecting"] = [grant.revoked for grant in grants]
        seen["requests"], seen["refusals"] = watch.noted, watch.refusals
    return seen


async def _accounts(subject: Subject, database: Database) -> dict[str, Any]:
    """Id, label and answers of each account, connected with the first person's input."""
    return {
        account.key: await _account(subject, database, account.key)
        for account in subject.provider.accounts
    }


async def _account(subject: Subject, database: Database, key: str) -> list[Any]:
    async with open_workbench(subject, database) as bench:
        answers: list[Any] = []
        watch = Watch(bench.simulation)
        bench.transport.watch = lambda incoming: answers.append(watch.ask(incoming)[1])
        try:
            connection = await bench.connect(replace(subject.people[0], account=key))
        except Exception as error:
            return [type(error).__name__, *answers]
        return [connection.external_account_id, connection.account_label, *answers]


async def _for_all_scopes(subject: Subject, database: Database) -> tuple[str, Subject]:
    """The scopes that the provider reads in a request for all of them, and the requesting subject.

    Where the provider refuses that, the refusal and the subject itself.
    """
    asking = subject.with_every_scope()
    async with open_workbench(asking, database) as bench:
        try:
            return ", ".join(bench.consent(await bench.start()).scopes), asking
        except ContractViolation as violation:
            return str(violation), subject


@dataclass
class Watch:
    """Notes each request of a transport, and what twins of the provider say to altered ones."""

    simulation: ProviderSimulation
    noted: list[dict[str, Any]] = field(default_factory=list)
    last: dict[str, Incoming] = field(default_factory=dict)
    """The last request to each endpoint."""
    refusals: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    """Why the last request was refused, if not because of its parameters."""

    def note(self, incoming: Incoming) -> None:
        """Note what the provider says to a request, as it is and altered."""
        endpoint = self.simulation.endpoint(incoming) or ""
        self.last[endpoint] = incoming
        _, usual = self.ask(incoming)
        outcomes: dict[str, list[str]] = defaultdict(list)
        answers: dict[str, Any] = {}
        for how, part, (taken, answer) in self._alterations(incoming, endpoint):
            shown = f"{part} ({self.reason})" if not taken and self.reason else part
            outcomes[f"{'takes' if taken else 'refuses'} {how}"].append(shown)
            if taken and answer != usual and endpoint in ("authorize", "api"):
                answers[f"answer {how} {part}"] = answer
        said = {"request": f"{incoming.method} {incoming.address}", "answer": usual}
        said |= {what: ", ".join(parts) for what, parts in sorted(outcomes.items())}
        grants = self.simulation.ledger.grants.values() if endpoint == "api" else ()
        for scope in sorted({scope for grant in grants for scope in grant.scopes}):
            _, answer = self.ask(incoming, lost_scope=scope)
            if answer != usual:
                said[f"answer without the scope {scope}"] = answer
        self.noted.append(said | answers)

    def _alterations(
        self, incoming: Incoming, endpoint: str
    ) -> Iterator[tuple[str, str, tuple[bool, Any]]]:
        for how, part, altered in alterations(incoming):
            yield how, part, self.ask(altered)
        for name, value in self._listed_headers():
            if incoming.headers.get(name) != value:
                headers = {**incoming.headers, name: value}
                yield "with", f"{name} {value}", self.ask(replace(incoming, headers=headers))
        yield "it", "twice", self.ask(incoming, times=2)
        yield "it", "a month later", self.ask(incoming, later=_LATER)
        for kind, params in _params(incoming).items():
            for name in sorted(self._optional(endpoint) - params.keys()):
                yield "also", name, self.ask(_with(incoming, kind, {**params, name: "1"}))
            for name in ("access_token", "refresh_token") if endpoint == "revoke" else ():
                for token in list(getattr(self.simulation.ledger, f"{name}s"))[-1:]:
                    altered = _with(incoming, kind, {**params, "token": token})
                    yield "as token", name, self.ask(altered)

    def _listed_headers(self) -> list[tuple[str, str]]:
        """Each value of the headers for which an endpoint lists values, such as API versions."""
        rules = self.simulation.rules
        found = [rules.token.required_headers, *(api.required_headers for api in rules.api)]
        if rules.revoke is not None:
            found.append(rules.revoke.required_headers)
        headers = [item for each in found for item in each.items()]
        listed = {(name.removesuffix("?"), value) for name, values in headers for value in values}
        return sorted(listed)

    def _optional(self, endpoint: str) -> set[str]:
        """The parameters that an endpoint knows and does not need."""
        rules = self.simulation.rules
        if endpoint == "authorize":
            return {*rules.authorize.params, rules.authorize.scope_param}
        known = rules.token.exchange_params | rules.token.refresh_params
        return {name[:-1] for name in known if name.endswith("?") and endpoint == "token"}

    def ask(
        self, incoming: Incoming, *, times: int = 1, later: float = 0, lost_scope: str = ""
    ) -> tuple[bool, Any]:
        """Whether a twin takes the request, and its answer.

        Args:
            times: How often the twin is asked; the last answer counts.
            later: Seconds until then.
            lost_scope: A scope that no access token has any more.
        """
        twin = self._twin(later)
        for token in twin.ledger.access_tokens.values() if lost_scope else ():
            scopes = token.scopes or twin.ledger.grants[token.grant].scopes
            token.scopes = [scope for scope in scopes if scope != lost_scope]
        endpoint, self.reason = twin.endpoint(incoming), ""
        if endpoint is None:
            return False, "not found"
        if endpoint == "authorize":
            taken, answer = _consent(twin, incoming)
            self._note_reason("" if taken else answer)
            return taken, answer
        for _ in range(times):
            outcome: Outcome = getattr(twin, endpoint)(incoming)
        if outcome.refused and (line := twin.ledger.log[-1:]) and "reason" in line[0]:
            self._note_reason(line[0]["reason"])
            reason = f"{endpoint}: {line[0]['reason']}"
            self.refusals.setdefault(reason, _short(_answer(twin, outcome)))
        elif outcome.refused and not lost_scope:
            self.refusals.setdefault(f"{endpoint}: its answer", _answer(twin, outcome))
        return not outcome.refused, _answer(twin, outcome)

    def _note_reason(self, reason: str) -> None:
        self.reason = "" if reason == "parameters" else reason

    def _twin(self, later: float) -> ProviderSimulation:
        ledger = self.simulation.ledger
        kept: dict[str, Any] = {
            name: {key: copy(item) for key, item in getattr(ledger, name).items()}
            for name in _REMEMBERED
        }
        memory = Ledger(now=lambda: ledger.now() + later, **kept)
        return ProviderSimulation(self.simulation.rules, memory, self.simulation.redirect_uri)


def _answer(twin: ProviderSimulation, outcome: Outcome) -> Any:
    """Status and body, with the random tokens and the moments in it replaced by their kind."""
    text = json.dumps([outcome.status, outcome.body], default=dict)
    for kind in ("codes", "access_tokens", "refresh_tokens"):
        for token in getattr(twin.ledger, kind):
            text = text.replace(token, f"<{kind.removesuffix('s')}>")
    return json.loads(without_moments(text, twin.ledger.now()))


def without_moments(text: str, now: float) -> str:
    """``text`` with each moment as its distance from ``now`` (Unix seconds), to ten seconds."""

    def distance(moment: float) -> str:
        return f"<in {10 * round((moment - now) / 10)} s>"

    text = _UNIX_MOMENT.sub(lambda found: f'"{distance(int(found[0]))}"', text)
    return _MOMENT.sub(lambda found: distance(datetime.fromisoformat(found[0]).timestamp()), text)


def _short(answer: Any) -> Any:
    """A refusal in the shape of RFC 6749 5.2 without its description."""
    status, body = answer
    is_standard = isinstance(body, dict) and body.keys() == {"error", "error_description"}
    return [status, body["error"]] if is_standard else answer


def _consent(twin: ProviderSimulation, incoming: Incoming) -> tuple[bool, Any]:
    try:
        consent: Consent = twin.authorize(incoming)
    except Refused as refused:
        return False, refused.reason
    return True, [consent.tenant, *(account.key for account in consent.accounts)]


def alterations(incoming: Incoming) -> Iterator[tuple[str, str, Incoming]]:
    """The request without each of its parts, and with another value for it."""
    for name, value in incoming.headers.items():
        if name not in _OF_THE_CLIENT and (name, value) not in _ANY_CLIENTS:
            others = {key: text for key, text in incoming.headers.items() if key != name}
            yield "without", name, replace(incoming, headers=others)
            yield "another", name, replace(incoming, headers={**others, name: f"{value}x"})
    for kind, params in _params(incoming).items():
        if "code_challenge" in params:
            others = {key: text for key, text in params.items() if "challenge" not in key}
            yield "without", "PKCE", _with(incoming, kind, others)
        for name, value in params.items():
            others = {key: text for key, text in params.items() if key != name}
            yield "without", name, _with(incoming, kind, others)
            if isinstance(value, str):
                yield "another", name, _with(incoming, kind, {**others, name: f"{value}x"})
            if name == "scope":
                more = f"{value} https://elsewhere.example/x"
                yield "another", "resource's scope", _with(incoming, kind, {**others, name: more})
        yield "another", "unknown", _with(incoming, kind, {**params, "unknown": "1"})


def _params(incoming: Incoming) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    media_type = incoming.headers.get("content-type", "")
    if incoming.query:
        found["query"] = dict(parse_qsl(incoming.query, keep_blank_values=True))
    if "form" in media_type:
        found["form"] = dict(parse_qsl(incoming.body.decode(), keep_blank_values=True))
    elif "json" in media_type and incoming.body:
        found["json"] = json.loads(incoming.body)
    return found


def _with(incoming: Incoming, kind: str, params: Mapping[str, Any]) -> Incoming:
    if kind == "query":
        return replace(incoming, query=urlencode(params))
    text = urlencode(params) if kind == "form" else json.dumps(params)
    return replace(incoming, body=text.encode())
