"""The administrators' page about policies: it shows what a change does before it is saved."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence, Set
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gateway.access.sessions import SessionCaller
from gateway.errors import InvalidRequest, NotFound, RulesChanged
from gateway.services.whole_catalog import read_all
from gateway.store.policies import PolicySet
from gateway.tools.registry import Tool
from gateway.web.browsers import check_host, check_origin
from gateway.web.callers import find_session, require_session
from gateway.web.inputs import read_form
from gateway.web.outcomes import forget_outcome, notice_for, redirect_with
from gateway.web.pages import render
from gateway.web.policies import PolicyRuleBody, all_differences, checked, rule_of
from gateway.web.state import services

POLICIES = "/dashboard/organisation/policies"
MOST_SHOWN = 200
"""The most changes that the page lists; it says how many more there are."""

_MISTAKES = {
    "pattern": "Names of tools: a to z, digits and _ . - alone, * for any characters, 100 at most.",
    "user": "This is no user id.",
}
FIELDS = ("change", "id", "pattern", "decision", "effect", "user", "connector")


async def policies_page(request: Request) -> Response:
    """Show an administrator the policies and the tools of the organisation."""
    check_host(request)
    session = await find_session(request)
    if session is None:
        return RedirectResponse("/login", 303)
    session.require_admin()
    return forget_outcome(request, await _page(request, session))


async def change_policies(request: Request) -> Response:
    """Show what the change of the form does; make it if the form confirms it."""
    check_origin(request)
    session, form = await require_session(request), await read_form(request)
    session.check_csrf(form.get("csrf_token"))
    session.require_admin()
    given = services(request)
    tools = await given.registry.of(session.tenant)
    old = await given.policies.read(session.tenant)
    try:
        new = _changed(_connectors(tools.tools()), old, form)
    except InvalidRequest as error:
        return await _page(request, session, form=form, problem=str(error), status=422)
    confirmed = form.get("confirmed")
    if confirmed != str(old.revision):
        # Where somebody changed the policies since, the list is another one.
        return await _page(
            request, session, form=form, preview=(old, new), is_stale=confirmed is not None
        )
    try:
        await given.policies.set(
            session.tenant, rules=new.rules, disabled=new.disabled, revision=old.revision
        )
    except RulesChanged:
        problem = "Somebody changed the policies meanwhile. Look at them, and try again."
        return await _page(request, session, form=form, problem=problem, status=409)
    return redirect_with(request, session, POLICIES, "policies_changed", "")


def _changed(connectors: Set[str], old: PolicySet, form: Mapping[str, str]) -> PolicySet:
    """Return the policies after the change of a form; raise ``InvalidRequest`` or ``NotFound``."""
    change, rules, disabled = form.get("change"), [*old.rules], {*old.disabled}
    if change == "add":
        rules.append(rule_of(_body(form)))
    elif change == "remove":
        rules = [rule for rule in rules if rule.id != form.get("id")]
        if len(rules) == len(old.rules):
            raise NotFound
    elif change in {"disable", "enable"}:
        connector = form.get("connector", "")
        if connector not in connectors | old.disabled:
            raise NotFound
        disabled = disabled | {connector} if change == "disable" else disabled - {connector}
    else:
        raise InvalidRequest("change: must be add, remove, disable or enable")
    return PolicySet(
        revision=old.revision, rules=tuple(checked(rules)), disabled=frozenset(disabled)
    )


def _body(form: Mapping[str, str]) -> PolicyRuleBody:
    pattern = form.get("pattern", "").strip().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", pattern).strip("-")[:30]
    rule_id = form.get("id", "")
    values = {
        # The same id in the preview and when it is confirmed.
        "id": rule_id or f"{slug or 'all'}-{secrets.token_hex(3)}",
        "pattern": pattern,
        "decision": form.get("decision", "ask"),
        "effect": form.get("effect") or None,
        "user": form.get("user", "").strip() or None,
    }
    try:
        return PolicyRuleBody.model_validate(values)
    except ValidationError as error:
        wrong = str(error.errors(include_input=False, include_url=False)[0]["loc"][0])
        raise InvalidRequest(_MISTAKES.get(wrong, f"{wrong}: not one of the choices")) from None


def _connectors(tools: Sequence[Tool]) -> set[str]:
    return {name for tool in tools for name in tool.connectors}


async def _page(
    request: Request,
    session: SessionCaller,
    *,
    form: Mapping[str, str] | None = None,
    preview: tuple[PolicySet, PolicySet] | None = None,
    is_stale: bool = False,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    given = services(request)
    tools = (await given.registry.of(session.tenant)).tools()
    policies = await given.policies.read(session.tenant)
    shown: dict[str, Any] | None = None
    if preview is not None:
        changes = all_differences(*preview, tools)
        added = [rule for rule in preview[1].rules if rule not in preview[0].rules]
        kept = {name: form[name] for name in FIELDS if form and name in form}
        shown = {
            "changes": [
                {"tool": one.tool, "before": one.before, "after": one.after, "user": user}
                for user, one in changes[:MOST_SHOWN]
            ],
            "more": max(0, len(changes) - MOST_SHOWN),
            "fields": kept | ({"id": added[0].id} if added else {}),
            "revision": preview[0].revision,
        }
    await read_all(given.catalog)
    names = {one.name: one.display_name for one in given.catalog.descriptions()}
    connectors = sorted(_connectors(tools) | policies.disabled)
    return render(
        request,
        "policies.html",
        title="Policies for tools",
        session=session,
        status=status,
        notice=notice_for(request, session),
        problem=problem,
        form=dict(form or {}),
        preview=shown,
        is_stale=is_stale,
        rules=policies.rules,
        connectors=[
            {
                "name": name,
                "title": names.get(name) or given.catalog.display_name(name),
                "tools": sum(name in tool.connectors for tool in tools),
                "is_off": name in policies.disabled,
            }
            for name in connectors
        ],
    )


ROUTES = [Route(POLICIES, policies_page), Route(POLICIES, change_policies, methods=["POST"])]
