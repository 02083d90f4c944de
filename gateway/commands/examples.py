"""The examples in the help of each command: lines to paste."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

TITLE = "Examples:"

EXAMPLES: Mapping[str, Sequence[str]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text("utf-8")
)
"""Lines by command. They name connectors, which code for every provider does not."""


class _Help(argparse.HelpFormatter):
    """Breaks descriptions into lines, and leaves examples as they are: they are pasted."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        if not text.startswith(TITLE):
            return super()._fill_text(text, width, indent)
        return "\n".join(indent + line for line in text.splitlines())


def add_examples(parser: argparse.ArgumentParser, path: Sequence[str] = ()) -> Sequence[str]:
    """Add examples to the help of ``parser`` and of all commands below it; return its own.

    ``path`` are the words that lead to it. Raises ``KeyError`` for a command without examples.
    """
    groups = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if groups:
        commands = [each for group in groups for each in group.choices.items()]
        lines = [add_examples(command, [*path, name])[0] for name, command in commands]
    else:
        lines = [*EXAMPLES[" ".join(path)]]
    parser.formatter_class = _Help
    parser.epilog = "\n".join([TITLE, *(f"  {line}" for line in lines)])
    return lines
