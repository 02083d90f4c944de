"""What may happen when a tool is called: ``auto`` runs, ``ask`` needs an approval, ``block`` never.

A tool's own decision is that of its definition, or follows from its effect. The rules of the tenant
only tighten it: of all that fit, the strictest holds.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from gateway.audit.trail import Audit
from gateway.errors import RulesChanged
from gateway.store.audit import Action
from gateway.store.fresh.cache import Cache
from gateway.store.policies import Decision, PolicyRule, PolicySet, PolicyStore, policies_tag

MOST_RULES = 100
"""The most policy rules of a tenant."""
RULE_ID = "[a-z0-9][a-z0-9-]{0,39}"
PATTERN = "[a-z0-9_.*-]{1,100}"
MOST_STARS = 3
"""The most ``*`` in a pattern: more make it slow to match."""
MOST_KEPT = 50_000
"""The most verdicts that are kept for the policies of a tenant."""

STRICTNESS = (Decision.AUTO, Decision.ASK, Decision.BLOCK)
"""The decisions, the strictest last."""

Origin = Literal["effect", "tool", "tenant", "user"]


class Governed(Protocol):
    """What policies know of a tool. ``policy`` is the decision of its definition, if it has one."""

    @property
    def name(self) -> str:
        """The tool's name."""

    @property
    def effect(self) -> str:
        """What a call does."""

    @property
    def policy(self) -> str | None:
        """The decision of its definition."""

    @property
    def connectors(self) -> Iterable[str]:
        """The connectors that it needs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The decision for a tool, and where it is from: ``rule_id`` is of a rule that tightened it.

    ``revision`` is that of the tenant's policies. A tool that is not enabled looks unknown.
    """

    decision: Decision
    origin: Origin
    rule_id: str | None
    is_enabled: bool
    revision: int


class CompiledPolicies:
    """The policies of a tenant, ready to judge tools."""

    def __init__(self, policies: PolicySet) -> None:
        self.policies = policies
        self._rules = [(rule, _regex(rule.pattern)) for rule in policies.rules]
        self._people = frozenset(rule.user for rule in policies.rules if rule.user is not None)
        self._kept: dict[tuple[object, ...], Verdict] = {}

    def verdict(self, user: str, tool: Governed) -> Verdict:
        """Return the verdict about a tool for a user."""
        # Users without rules of their own share their verdicts.
        person = user if user in self._people else None
        key = (person, tool.name, tool.effect, tool.policy, *tool.connectors)
        kept = self._kept.get(key)
        if kept is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            kept = self._kept[key] = self._judge(person, tool)
        return kept

    def _judge(self, person: str | None, tool: Governed) -> Verdict:
        decision, origin = _own_decision(tool), _own_origin(tool)
        rule_id: str | None = None
        for rule, regex in self._rules:
            if (
                STRICTNESS.index(rule.decision) > STRICTNESS.index(decision)
                and rule.user in {None, person}
                and rule.effect in {None, tool.effect}
                and regex.fullmatch(tool.name)
            ):
                decision, rule_id = rule.decision, rule.id
                origin = "tenant" if rule.user is None else "user"
        return Verdict(
            decision=decision,
            origin=origin,
            rule_id=rule_id,
            is_enabled=self.policies.disabled.isdisjoint(tool.connectors),
            revision=self.policies.revision,
        )


PolicyCache = Cache[str, CompiledPolicies]
"""The policies of a tenant, at most a second behind the database."""


class Policies:
    """Reads, sets and applies policies. They are read for every call, so cached."""

    def __init__(self, store: PolicyStore, cache: PolicyCache, audit: Audit) -> None:
        self._store = store
        self._cache = cache
        self._audit = audit

    async def of(self, tenant: str) -> CompiledPolicies:
        """Return the tenant's policies."""
        found = self._cache.get(tenant)
        if found is None:
            reading = self._cache.reading()
            found = CompiledPolicies(await self._store.read(tenant))
            self._cache.put(reading, tenant, found, policies_tag(tenant))
        return found

    async def decide(
        self, tenant: str, user: str, tools: Sequence[Governed]
    ) -> Mapping[str, Verdict]:
        """Return the verdict about each tool, by its name. Costs one query at most."""
        policies = await self.of(tenant)
        return {tool.name: policies.verdict(user, tool) for tool in tools}

    async def read(self, tenant: str) -> PolicySet:
        """Return the tenant's policies as they are stored now, to change them."""
        return await self._store.read(tenant)

    async def set(
        self, tenant: str, *, rules: Sequence[PolicyRule], disabled: Iterable[str], revision: int
    ) -> PolicySet:
        """Replace the policies of that revision; raise ``RulesChanged`` if it is not the latest."""
        old = await self._store.read(tenant)
        new = PolicySet(revision=revision + 1, rules=tuple(rules), disabled=frozenset(disabled))
        if old.revision != revision or not await self._store.write(tenant, new, revision=revision):
            raise RulesChanged
        await self._note(tenant, old, new)
        return new

    async def remove(self, tenant: str, patterns: Container[str], connector: str) -> int:
        """Delete the rules with these patterns, and the switch of a connector that is gone.

        Returns how many there were. What others change at the same time stays.
        """
        old = await self._store.read(tenant)
        new = replace(
            old,
            rules=tuple(rule for rule in old.rules if rule.pattern not in patterns),
            disabled=old.disabled - {connector},
        )
        gone = {rule.pattern for rule in old.rules} - {rule.pattern for rule in new.rules}
        if old == new or not await self._store.remove(tenant, gone, connector):
            return 0
        await self._note(tenant, old, new)
        return len(old.rules) - len(new.rules) + len(old.disabled) - len(new.disabled)

    async def _note(self, tenant: str, old: PolicySet, new: PolicySet) -> None:
        before = {rule.id: rule for rule in old.rules}
        after = {rule.id: rule for rule in new.rules}
        for rule_id in sorted(before.keys() | after.keys()):
            if before.get(rule_id) != after.get(rule_id):
                await self._audit.write(Action.POLICY_CHANGED, tenant=tenant, subject=rule_id)
        for connector in sorted(old.disabled ^ new.disabled):
            kind = "off" if connector in new.disabled else "on"
            await self._audit.write(
                Action.TOOLS_SWITCHED, tenant=tenant, connector=connector, subject=kind
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A tool whose decision a change of the policies changes; ``off`` stands for disabled ones."""

    tool: str
    before: str
    after: str


def differences(
    old: PolicySet, new: PolicySet, user: str | None, tools: Iterable[Governed]
) -> list[Difference]:
    """Return the tools that change for a user, or for users without rules of their own."""
    before, after = CompiledPolicies(old), CompiledPolicies(new)
    found = []
    for tool in tools:
        one = [_shown(each.verdict(user or "", tool)) for each in (before, after)]
        if one[0] != one[1]:
            found.append(Difference(tool=tool.name, before=one[0], after=one[1]))
    return found


def _shown(verdict: Verdict) -> str:
    return str(verdict.decision) if verdict.is_enabled else "off"


def _own_decision(tool: Governed) -> Decision:
    if tool.policy is not None:
        return Decision(tool.policy)
    return Decision.AUTO if tool.effect == "read" else Decision.ASK


def _own_origin(tool: Governed) -> Origin:
    return "effect" if tool.policy is None else "tool"


def _regex(pattern: str) -> re.Pattern[str]:
    """Return a pattern of names: only ``*`` means something."""
    return re.compile(".*".join(map(re.escape, pattern.split("*"))))
