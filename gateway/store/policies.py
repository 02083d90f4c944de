"""Policies for tools: the collection ``policies``, one row a tenant.

They are cached until the row changes (``policies_tag``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from gateway.errors import WriteConflict
from gateway.store.fresh.notices import Tag, row_tag
from gateway.store.mongo import Database, Document

Effect = Literal["read", "write", "destructive"]


class Decision(StrEnum):
    """What happens to a call of a tool: it runs, a person is asked, or it never runs."""

    AUTO = "auto"
    ASK = "ask"
    BLOCK = "block"


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyRule:
    """A decision for the tools whose name fits ``pattern``, and whose effect is ``effect``.

    ``*`` in the pattern stands for any characters. With ``user``, it is for that user alone.
    ``decision`` is ``ask`` or ``block``: a rule only tightens.
    """

    id: str
    pattern: str
    decision: Decision
    effect: Effect | None = None
    user: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicySet:
    """The policies of a tenant. ``revision`` grows with each change.

    ``disabled`` are the connectors whose tools are not offered.
    """

    revision: int = 0
    rules: tuple[PolicyRule, ...] = ()
    disabled: frozenset[str] = frozenset()


class PolicyStore:
    """The policies of each tenant."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("policies")
        self._notices = database.notices

    async def read(self, tenant: str) -> PolicySet:
        """Return the tenant's policies."""
        row = await self._rows.find_one(_row(tenant))
        if row is None:
            return PolicySet()
        return PolicySet(
            revision=row["revision"],
            rules=tuple(map(_rule, row["rules"])),
            disabled=frozenset(row["disabled"]),
        )

    async def write(self, tenant: str, policies: PolicySet, *, revision: int) -> bool:
        """Replace the policies of that revision; return whether it was the current one."""
        new = {
            "rules": [_document(rule) for rule in policies.rules],
            "disabled": sorted(policies.disabled),
            "revision": revision + 1,
        }
        with self._notices.telling(policies_tag(tenant)):
            try:
                if await self._rows.update_one(
                    _row(tenant) | {"revision": revision}, {"$set": new}
                ):
                    return True
                if revision != 0:
                    return False
                await self._rows.insert(_row(tenant) | new)
            except WriteConflict:
                return False
            return True

    async def remove(self, tenant: str, patterns: Iterable[str], connector: str) -> bool:
        """Delete the rules with these patterns, and the switch of a connector, as one change.

        Returns whether there were any. Nobody else's change is lost.
        """
        names = sorted(patterns)
        mine = {"$or": [{"rules.pattern": {"$in": names}}, {"disabled": connector}]}
        gone = {"rules": {"pattern": {"$in": names}}, "disabled": connector}
        with self._notices.telling(policies_tag(tenant)):
            return await self._rows.update_one(
                _row(tenant) | mine, {"$pull": gone, "$inc": {"revision": 1}}
            )


def _document(rule: PolicyRule) -> Document:
    return {
        "id": rule.id,
        "pattern": rule.pattern,
        "decision": str(rule.decision),
        "effect": rule.effect,
        "user": rule.user,
    }


def _rule(row: Document) -> PolicyRule:
    return PolicyRule(
        id=row["id"],
        pattern=row["pattern"],
        decision=Decision(row["decision"]),
        effect=row["effect"],
        user=row["user"],
    )


def _row(tenant: str) -> Document:
    return {"_id": tenant, "tenant": tenant}


def policies_tag(tenant: str) -> Tag:
    """Return the tag of changes of a tenant's policies."""
    return row_tag("policies", tenant)
