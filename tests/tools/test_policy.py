"""Policies: the strictest of all that fit holds, and no rule loosens."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.access.service_keys import Role
from gateway.errors import RulesChanged
from gateway.store.audit import Wanted
from gateway.store.policies import Decision, Effect, PolicyRule, PolicySet
from gateway.tools.policy import STRICTNESS, CompiledPolicies, differences
from tests.support.gateway import Harness


@dataclass(frozen=True, kw_only=True)
class Tool:
    """What a policy knows of a tool."""

    name: str = "notes_create_page"
    effect: Effect = "write"
    policy: Literal["auto", "ask", "block"] | None = None
    connectors: tuple[str, ...] = ("notes",)


tools = st.builds(
    Tool,
    name=st.sampled_from(["notes_create_page", "notes_search", "mail_send"]),
    effect=st.sampled_from(["read", "write", "destructive"]),
    policy=st.sampled_from([None, "auto", "ask", "block"]),
    connectors=st.sampled_from([("notes",), ("mail",), ("notes", "mail"), ()]),
)
rules = st.builds(
    PolicyRule,
    id=st.sampled_from("abcdef"),
    pattern=st.sampled_from(["*", "notes_*", "*_send", "mail_send", "n*s_*e*", "notes.*", "x"]),
    decision=st.sampled_from([Decision.ASK, Decision.BLOCK]),
    effect=st.sampled_from([None, "read", "write"]),
    user=st.sampled_from([None, "alice", "bob"]),
)
FITS = {
    "*": {"notes_create_page", "notes_search", "mail_send"},
    "notes_*": {"notes_create_page", "notes_search"},
    "*_send": {"mail_send"},
    "mail_send": {"mail_send"},
    "n*s_*e*": {"notes_create_page", "notes_search"},
    "notes.*": set(),
    "x": set(),
}
"""The tools that each pattern means, written down by hand."""


def strictness(decision: str) -> int:
    return STRICTNESS.index(Decision(decision))


@given(st.lists(rules, max_size=6), tools, st.sampled_from(["alice", "bob", "carol"]))
def test_the_strictest_holds_and_nothing_loosens(
    given_rules: list[PolicyRule], tool: Tool, user: str
) -> None:
    usual = tool.policy or ("auto" if tool.effect == "read" else "ask")
    fitting = [
        rule
        for rule in given_rules
        if tool.name in FITS[rule.pattern]
        and rule.user in (None, user)
        and rule.effect in (None, tool.effect)
    ]
    compiled = CompiledPolicies(PolicySet(rules=tuple(given_rules), revision=7))
    verdict = compiled.verdict(user, tool)
    expected = max([usual, *(rule.decision for rule in fitting)], key=strictness)
    assert verdict.decision == expected
    assert verdict.revision == 7
    assert compiled.verdict(user, tool) == verdict
    if verdict.rule_id is None:
        assert verdict.decision == usual
        assert verdict.origin == ("effect" if tool.policy is None else "tool")
    else:
        named = [rule for rule in fitting if rule.id == verdict.rule_id]
        assert verdict.decision in {rule.decision for rule in named}
        assert verdict.origin in {"user" if rule.user else "tenant" for rule in named}


def test_verdicts_of_users_with_rules_of_their_own_are_kept_apart() -> None:
    rule = PolicyRule(id="r", pattern="*", decision=Decision.BLOCK, user="alice")
    compiled = CompiledPolicies(PolicySet(rules=(rule,)))
    for user, decision in (
        ("bob", "ask"),
        ("alice", "block"),
        ("carol", "ask"),
        ("alice", "block"),
    ):
        assert compiled.verdict(user, Tool()).decision == decision


@pytest.mark.parametrize(
    ("connectors", "is_enabled"),
    [(("notes",), False), (("notes", "mail"), False), (("mail",), True)],
)
def test_a_tool_is_enabled_while_all_of_its_connectors_are(
    connectors: tuple[str, ...], is_enabled: bool
) -> None:
    compiled = CompiledPolicies(PolicySet(disabled=frozenset({"notes"})))
    assert compiled.verdict("alice", Tool(connectors=connectors)).is_enabled is is_enabled


def test_a_change_shows_the_tools_that_it_changes() -> None:
    old = PolicySet()
    new = replace(
        old,
        rules=(PolicyRule(id="r", pattern="mail_*", decision=Decision.BLOCK),),
        disabled=frozenset({"notes"}),
    )
    listed = [
        Tool(),
        Tool(name="mail_send", connectors=("mail",)),
        Tool(name="mail_read", effect="read", connectors=("mail",)),
        Tool(name="chat_post", connectors=("chat",)),
    ]
    found = [(one.tool, one.before, one.after) for one in differences(old, new, None, listed)]
    assert found == [
        ("notes_create_page", "ask", "off"),
        ("mail_send", "ask", "block"),
        ("mail_read", "auto", "block"),
    ]


async def test_policies_are_stored_audited_and_cached(gateway: Harness) -> None:
    policies = gateway.services.policies
    rule = PolicyRule(id="no-mail", pattern="mail_*", decision=Decision.BLOCK, effect="write")
    before = await policies.decide("t1", "alice", [Tool(name="mail_send")])
    assert before["mail_send"].decision == "ask"
    await policies.set("t1", rules=[rule], disabled={"chat"}, revision=0)
    assert await policies.read("t1") == PolicySet(
        revision=1, rules=(rule,), disabled=frozenset({"chat"})
    )
    after = await policies.decide("t1", "alice", [Tool(name="mail_send")])
    assert (after["mail_send"].decision, after["mail_send"].rule_id) == ("block", "no-mail")
    elsewhere = await policies.decide("t2", "alice", [Tool(name="mail_send")])
    assert elsewhere["mail_send"].decision == "ask"
    await policies.set("t1", rules=[], disabled=(), revision=1)
    lines = reversed(await gateway.services.audit.find("t1", Wanted(), limit=50))
    assert [(line.action, line.subject, line.connector) for line in lines] == [
        ("policy.changed", "no-mail", None),
        ("tools.switched", "off", "chat"),
        ("policy.changed", "no-mail", None),
        ("tools.switched", "on", "chat"),
    ]


async def test_of_concurrent_changes_one_wins(gateway: Harness) -> None:
    policies = gateway.services.policies

    async def change(number: int) -> int | None:
        rule = PolicyRule(id=f"r{number}", pattern="*", decision=Decision.ASK)
        try:
            await policies.set("t1", rules=[rule], disabled=(), revision=0)
        except RulesChanged:
            return None
        return number

    won = [each for each in await asyncio.gather(*map(change, range(8))) if each is not None]
    assert len(won) == 1
    assert [rule.id for rule in (await policies.read("t1")).rules] == [f"r{won[0]}"]


async def test_a_dry_run_of_a_stale_revision_is_refused(gateway: Harness) -> None:
    api = await gateway.api(Role.ADMIN)
    rule = {"id": "no", "pattern": "notion_*", "decision": "block"}
    body = {"revision": 0, "rules": [rule], "dry_run": True}
    preview = await api.put("/v1/policies", json=body)
    assert (preview.status_code, preview.json()["revision"]) == (200, 0)
    assert "notion_get_page" in {each["tool"] for each in preview.json()["changes"]}
    assert (await api.get("/v1/policies")).json()["rules"] == []
    saved = await api.put("/v1/policies", json=body | {"dry_run": False})
    assert saved.json()["revision"] == 1
    stale = await api.put("/v1/policies", json=body)
    assert (stale.status_code, stale.json()["code"]) == (409, "rules_changed")
