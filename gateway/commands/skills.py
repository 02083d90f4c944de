"""``gateway skills``: list the skills of the connectors with tools, or write them to a folder."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from connectors.catalog import Catalog
from connectors.errors import ConfigError
from gateway.commands.deployment import Commands
from gateway.commands.output import add_json_option, print_json, print_table
from gateway.commands.progress import long_step
from gateway.settings.environment import read_environment
from gateway.text import say
from gateway.tools.registry import Registry
from gateway.tools.skills import Skill, Skills


def add_skill_commands(commands: Commands) -> None:
    """Add ``skills`` to the command line. It needs no database and no variable of a connector."""
    skills = commands.add_parser("skills", help="what agents read about the tools")
    actions = skills.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list the skills with their SHA-256")
    add_json_option(listing)
    listing.set_defaults(run=_list)
    export = actions.add_parser("export", help="write each skill to DIR/<connector>/SKILL.md")
    export.add_argument("folder", type=Path, metavar="DIR")
    export.set_defaults(run=_export)


def _skills() -> Sequence[Skill]:
    path = read_environment().get("GATEWAY_CONNECTORS_PATH")
    folder = Path(path) if path else None
    catalog = Catalog({}, folder)
    with long_step("loading the tools"):
        return Skills(Registry(catalog, folder), catalog).all()


def _list(arguments: argparse.Namespace) -> int:
    found = _skills()
    if arguments.json:
        return print_json([{"name": one.name, "sha256": one.digest} for one in found])
    # The rows are what `sha256sum --check` reads.
    return print_table(("sha-256", "file"), [(s.digest, f"{s.name}/SKILL.md") for s in found])


def _export(arguments: argparse.Namespace) -> int:
    skills = _skills()
    try:
        for skill in skills:
            file: Path = arguments.folder / skill.name / "SKILL.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(skill.text.encode())
    except OSError as error:
        raise ConfigError(f"cannot write to {error.filename}: {error.strerror}") from None
    say(f"{len(skills)} skills are in {arguments.folder}")
    return 0
