"""What the page about reading an integration again shows: each difference, and what to offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.engine.integration import Skipped
from gateway.integrations.reading import about_tokens
from gateway.integrations.tool_review import Changed, Refreshed
from gateway.web.definition_diff import Part, changed_parts
from gateway.web.integration_views import MOST_ABOUT, MOST_SKIPPED, PICK, OperationView

MOST_CHANGES = 100
"""The most differences of one kind that a page shows; it says how many more there are."""


@dataclass(frozen=True, kw_only=True)
class ChangeView:
    """A definition that is different; ``difference`` is empty for a new one."""

    name: str
    description: str
    difference: list[Part]


@dataclass(frozen=True, kw_only=True)
class RefreshView:
    """What would change. ``removed`` are names; the ``more_…`` count what is not shown.

    ``digest`` stands for what is shown. ``later``: each connection's tools with its next use.
    """

    added: list[ChangeView]
    changed: list[ChangeView]
    removed: list[str]
    more_added: int
    more_changed: int
    operations: list[OperationView]
    skipped: Sequence[Skipped]
    tokens: int
    base_url: str
    digest: str
    later: bool


def refresh_view(found: Refreshed, *, form: Mapping[str, str] | None = None) -> RefreshView:
    """Return the view of a dry run, with the picks of a form that came back."""
    added = [each for each in found.changes if each.before is None]
    changed = [each for each in found.changes if each.before and each.after]
    states = {each.name: "new" for each in added} | {each.name: "changed" for each in changed}
    operations = [
        OperationView(
            field=PICK + each.name,
            name=each.name,
            description=each.description[:MOST_ABOUT],
            effect=each.effect,
            tokens=about_tokens([each]),
            picked=each.name in found.offered if form is None else PICK + each.name in form,
            state=states.get(each.name, ""),
        )
        for each in found.definitions
    ]
    return RefreshView(
        added=[_change(each) for each in added[:MOST_CHANGES]],
        changed=[_change(each) for each in changed[:MOST_CHANGES]],
        removed=[each.name for each in found.changes if each.after is None],
        more_added=max(0, len(added) - MOST_CHANGES),
        more_changed=max(0, len(changed) - MOST_CHANGES),
        operations=operations,
        skipped=found.skipped[:MOST_SKIPPED],
        tokens=sum(each.tokens for each in operations if each.picked),
        base_url=found.base_url,
        digest=found.digest,
        later=found.later,
    )


def _change(change: Changed) -> ChangeView:
    before, after = change.before, change.after
    return ChangeView(
        name=change.name,
        description="" if after is None else after.description[:MOST_ABOUT],
        difference=changed_parts(before, after) if before and after else [],
    )
