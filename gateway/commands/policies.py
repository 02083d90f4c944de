"""``gateway policies``: list, set and remove rules for tools (docs/policies.md)."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict

from gateway.access.identity import DEFAULT_TENANT
from gateway.commands.deployment import Commands, WithServices
from gateway.commands.output import add_json_option, print_json, print_lines, print_table
from gateway.errors import RulesChanged
from gateway.store.policies import Decision, PolicyRule, PolicySet
from gateway.text import say
from gateway.tools.policy import MOST_RULES, MOST_STARS, PATTERN, RULE_ID, differences
from gateway.wiring.process import Services

EFFECTS = ("read", "write", "destructive")


def add_policy_commands(commands: Commands, with_services: WithServices) -> None:
    """Add ``policies`` to the command line."""
    policies = commands.add_parser("policies", help="list, set and remove rules for tools")
    actions = policies.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list the rules, and the connectors that are off")
    listing.add_argument("--tenant", default=DEFAULT_TENANT)
    add_json_option(listing)
    listing.set_defaults(run=lambda arguments: _list(arguments, with_services))
    setting = actions.add_parser("set", help="set a rule, and print the tools that it changes")
    setting.add_argument("id", type=_fits(RULE_ID))
    setting.add_argument("pattern", type=_pattern, help="names of tools; * for any characters")
    setting.add_argument("decision", choices=[str(Decision.ASK), str(Decision.BLOCK)])
    setting.add_argument("--effect", choices=EFFECTS)
    setting.add_argument("--user")
    setting.add_argument("--tenant", default=DEFAULT_TENANT)
    setting.add_argument("--dry-run", action="store_true", help="only print what it changes")
    add_json_option(setting)
    setting.set_defaults(run=lambda arguments: _set(arguments, with_services))
    removing = actions.add_parser(
        "remove", help="remove a rule, and print the tools that it changes"
    )
    removing.add_argument("id")
    removing.add_argument("--tenant", default=DEFAULT_TENANT)
    removing.add_argument("--dry-run", action="store_true", help="only print what it changes")
    add_json_option(removing)
    removing.set_defaults(run=lambda arguments: _remove(arguments, with_services))


def _fits(pattern: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise argparse.ArgumentTypeError(f"must fit {pattern}")
        return text

    return check


def _pattern(text: str) -> str:
    checked = _fits(PATTERN)(text)
    if checked.count("*") > MOST_STARS:
        raise argparse.ArgumentTypeError(f"has at most {MOST_STARS} of *")
    return checked


def _list(arguments: argparse.Namespace, with_services: WithServices) -> int:
    async def show(services: Services) -> int:
        found = await services.policies.read(arguments.tenant)
        if arguments.json:
            rules = [asdict(rule) for rule in found.rules]
            return print_json({"rules": rules, "off": sorted(found.disabled)})
        print_table(
            ("id", "tools", "decision", "effect", "user"),
            [(r.id, r.pattern, str(r.decision), r.effect or "", r.user or "") for r in found.rules],
        )
        return print_lines(f"off  {connector}" for connector in sorted(found.disabled))

    return with_services(show)


def _set(arguments: argparse.Namespace, with_services: WithServices) -> int:
    rule = PolicyRule(
        id=arguments.id,
        pattern=arguments.pattern,
        decision=Decision(arguments.decision),
        effect=arguments.effect,
        user=arguments.user,
    )

    async def change(services: Services) -> int:
        old = await services.policies.read(arguments.tenant)
        rules = [each for each in old.rules if each.id != rule.id] + [rule]
        if len(rules) > MOST_RULES:
            say(f"gateway: there are at most {MOST_RULES} rules", error=True)
            return 1
        return await _change(services, arguments, old, rules, rule.user)

    return with_services(change)


def _remove(arguments: argparse.Namespace, with_services: WithServices) -> int:
    async def change(services: Services) -> int:
        old = await services.policies.read(arguments.tenant)
        gone = [each for each in old.rules if each.id == arguments.id]
        if not gone:
            say("gateway: there is no such rule", error=True)
            return 1
        rules = [each for each in old.rules if each.id != arguments.id]
        return await _change(services, arguments, old, rules, gone[0].user)

    return with_services(change)


async def _change(
    services: Services,
    arguments: argparse.Namespace,
    old: PolicySet,
    rules: Sequence[PolicyRule],
    user: str | None,
) -> int:
    new = PolicySet(revision=old.revision, rules=tuple(rules), disabled=old.disabled)
    changed = differences(old, new, user, services.registry.tools())
    if not arguments.dry_run:
        try:
            await services.policies.set(
                arguments.tenant, rules=rules, disabled=old.disabled, revision=old.revision
            )
        except RulesChanged:
            say("gateway: somebody changed the policies meanwhile; try again", error=True)
            return 1
    if arguments.json:
        return print_json([asdict(one) for one in changed])
    rows = [(one.tool, one.before, one.after) for one in changed]
    return print_table(("tool", "before", "after"), rows)
