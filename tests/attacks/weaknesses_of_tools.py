"""Checks of tool calls, approvals and policies, and how a process loses each one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from gateway.access.bounds import Bounds
from gateway.access.service_keys import KeyCaller
from gateway.access.sessions import SessionCaller
from gateway.engine.canonical import canonical_json
from gateway.errors import ApprovalUnknown
from gateway.proxy import destination
from gateway.proxy.prepared import PreparedRequest
from gateway.store import approvals as rows
from gateway.store.approvals import ApprovalStore, State, StoredApproval
from gateway.store.policies import Decision
from gateway.tools import approvals, policy, request
from gateway.tools.binding import Binding
from gateway.tools.context import CallContext
from gateway.web import approval_pages
from gateway.web import approvals as web
from gateway.web.browsers import check_origin
from gateway.web.callers import require_session

# Of no type: a weakness assigns to methods and module functions.
_APPROVALS: Any = approvals.Approvals
_GATE: Any = approvals._Gate
_STORE: Any = ApprovalStore
_STORED: Any = StoredApproval
_BINDING: Any = Binding
_COMPILED: Any = policy.CompiledPolicies
_POLICY: Any = policy
_CONTEXT: Any = CallContext
_REQUEST: Any = request
_DESTINATION: Any = destination
_KEY: Any = KeyCaller
_BOUNDS: Any = Bounds
_SESSION: Any = SessionCaller
_WEB: Any = web
_PAGES: Any = approval_pages


def _keys_decide() -> None:
    """A service key decides, beside the cookie of a person."""

    async def deciding_session(request: Any) -> SessionCaller:
        session = await require_session(request)
        check_origin(request)
        return session

    _WEB.deciding_session = _PAGES.deciding_session = deciding_session


def _any_site() -> None:
    """A decision comes from any site."""
    _WEB.check_origin = lambda request: None


def _any_page() -> None:
    """A decision comes from a form of another session."""
    _SESSION.check_csrf = lambda session, given: None


async def _found(given: Any, tenant: str, approval_id: str) -> StoredApproval:
    stored = await given.store.get(tenant, approval_id)
    if stored is None:
        raise ApprovalUnknown
    return stored  # type: ignore[no-any-return]


def _anyone_decides() -> None:
    """A person decides for another one of the tenant."""
    _APPROVALS._mine = lambda given, tenant, approval_id, user, admin: _found(
        given, tenant, approval_id
    )


def _administrators_decide() -> None:
    """An administrator decides for a person's own account."""
    mine = _APPROVALS._mine

    async def of_admins(
        given: Any, tenant: str, approval_id: str, user: str, admin: bool
    ) -> StoredApproval:
        if admin:
            return await _found(given, tenant, approval_id)
        return await mine(given, tenant, approval_id, user, admin)  # type: ignore[no-any-return]

    _APPROVALS._mine = of_admins


def _any_tenant() -> None:
    """An approval is found in every tenant."""

    async def get(store: Any, tenant: str, approval_id: str) -> StoredApproval | None:
        row = await store._rows.find_one({"_id": approval_id})
        return None if row is None else rows._read(row)

    _STORE.get = get


def _for_ever() -> None:
    """An approval can be used, and a call decided, at any time."""
    consume, decide = _STORE.consume, _STORE.decide
    began = datetime.min.replace(year=2000)

    async def consume_late(store: Any, approval: Any, binding: str, now: datetime) -> Any:
        return await consume(store, approval, binding, began.replace(tzinfo=now.tzinfo))

    async def decide_late(store: Any, approval: Any, state: Any, **more: Any) -> Any:
        more["now"] = began.replace(tzinfo=more["now"].tzinfo)
        return await decide(store, approval, state, **more)

    _STORE.consume, _STORE.decide = consume_late, decide_late
    _STORED.state_at = lambda stored, now: stored.state


def _again() -> None:
    """An approval is used any number of times."""

    async def consume(store: Any, approval: Any, binding: str, now: datetime) -> bool:
        return approval.state is State.APPROVED

    _STORE.consume = consume


def _any_decision() -> None:
    """A call that waits counts as approved."""

    async def consume(store: Any, approval: Any, binding: str, now: datetime) -> bool:
        return True

    at = _STORED.state_at
    _STORED.state_at = lambda stored, now: (
        State.APPROVED if at(stored, now) is State.WAITING else at(stored, now)
    )
    _STORE.consume = consume


def _without(*names: str) -> Callable[[], None]:
    """Leave facts out of what an approval is bound to."""

    def remove() -> None:
        def digest(binding: Binding) -> str:
            facts = {name: value for name, value in asdict(binding).items() if name not in names}
            return hashlib.sha256(canonical_json(facts)).hexdigest()

        _BINDING.digest = digest

    return remove


def _unchanged() -> None:
    """Nobody looks whether something has changed before a decision."""

    async def no_change(given: Any, stored: StoredApproval) -> None:
        return None

    _APPROVALS._change = no_change


def _one_for_all() -> None:
    """The first approval of a call is one for all of its requests."""
    check = _GATE.check

    async def first(gate: Any, prepared: PreparedRequest) -> None:
        if gate._passed is None:
            await check(gate, prepared)

    _GATE.check = first


def _undeclared() -> None:
    """A tool changes as much as it likes, whatever it declares."""
    _CONTEXT._count_change = lambda context: None


def _never_asked() -> None:
    """A tool that changes something runs like one that reads."""
    _POLICY._own_decision = lambda tool: Decision.AUTO


def _not_blocked() -> None:
    """A policy cannot block a tool."""
    judge = _COMPILED._judge

    def unblocked(given: Any, person: str | None, tool: Any) -> Any:
        found = judge(given, person, tool)
        return replace(found, decision=Decision.AUTO) if found.decision == "block" else found

    _COMPILED._judge = unblocked


def _not_disabled() -> None:
    """A tool that is switched off runs."""
    judge = _COMPILED._judge
    _COMPILED._judge = lambda given, person, tool: replace(
        judge(given, person, tool), is_enabled=True
    )


def _relaxed() -> None:
    """A rule of the tenant may allow what the tool asks for."""
    judge = _COMPILED._judge

    def relaxed(given: Any, person: str | None, tool: Any) -> Any:
        fits = [rule for rule, regex in given._rules if regex.fullmatch(tool.name)]
        found = judge(given, person, tool)
        return replace(found, decision=fits[-1].decision) if fits else found

    _COMPILED._judge = relaxed


def _any_role() -> None:
    """A key calls tools whatever it is for."""
    _KEY.require = lambda caller, role: None


def _any_connector() -> None:
    """A key for some connectors calls tools of all."""
    _BOUNDS.require_connector = lambda bounds, name: None


def _unquoted() -> None:
    """An argument in a path is put there as it is."""
    _REQUEST.quote = lambda text, safe: text


def _any_path() -> None:
    """A path may climb above the API, and name a segment twice-encoded."""
    _DESTINATION._check_path = lambda path: None


OF_TOOLS: dict[str, Callable[[], None]] = {
    "no_key_decides": _keys_decide,
    "decision_is_of_the_own_site": _any_site,
    "decision_is_of_the_own_page": _any_page,
    "decision_is_of_the_person": _anyone_decides,
    "decision_is_no_administrators": _administrators_decide,
    "approval_is_of_the_tenant": _any_tenant,
    "approval_ends": _for_ever,
    "approval_is_used_once": _again,
    "approval_is_decided": _any_decision,
    "approval_is_for_the_request": _without("arguments", "url", "body_sha256"),
    "approval_is_for_the_person": _without("user"),
    "approval_is_for_the_account": _without("connection", "account", "grant"),
    "approval_is_for_the_tool": _without("tool_digest"),
    "approval_is_for_the_policy": _without("policy_rule", "policy_revision"),
    "decision_meets_no_change": _unchanged,
    "change_has_its_own_approval": _one_for_all,
    "change_is_declared": _undeclared,
    "change_is_asked_for": _never_asked,
    "blocked_tool_does_not_run": _not_blocked,
    "disabled_tool_does_not_run": _not_disabled,
    "rule_only_tightens": _relaxed,
    "tool_key_has_the_role": _any_role,
    "tool_key_keeps_to_connectors": _any_connector,
    "argument_is_quoted": _unquoted,
    "tool_stays_below_the_api": _any_path,
}
