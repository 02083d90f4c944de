"""Write docs/sdk-reference.md: every public name of ``gateway.client``, from its code.

Signatures, docstrings and fields are those of the code, the examples those of ``sdk_examples``.
``--check`` writes nothing and exits with 1 if the page is out of date.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

# Import from the tree of this script, not from an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sdk_examples import EXAMPLES

import gateway.client

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "sdk-reference.md"
COMMAND = ".venv/bin/python scripts/document_sdk.py"

CHAPTERS = {
    "The gateway": ("Gateway", "SyncGateway", "UserContext", "SyncUserContext"),
    "Tokens and accounts": (
        *("Token", "Api", "SecretValues", "Connection"),
        *("HookFailure", "AvailableConnector", "Revoked", "with_return_to"),
    ),
    "Tools": ("ToolList", "Tool", "NeededConnector", "ConnectedAccount", "ToolResult"),
    "Integrations": ("Integrations", "SyncIntegrations", "Integration", "Claim"),
}
"""The chapters before the errors, which are all other names."""
_TWINS = {"SyncGateway": "Gateway", "SyncUserContext": "UserContext"}
"""Classes with the calls of another one, without ``await``."""
_HEAD = f"""# Reference of the SDK

<!-- Written by `{COMMAND}`. Change the docstrings or scripts/sdk_examples.py, and run it. -->

Every public name of `gateway.client`, from its code. [sdk.md](sdk.md) says how to use them.
Each example is a whole program, and a test runs all of them; they read `GATEWAY_URL` and
`GATEWAY_API_KEY`. The package is typed (`py.typed`).
"""


def page() -> str:
    """The text of the page."""
    errors = sorted(set(gateway.client.__all__) - {n for names in CHAPTERS.values() for n in names})
    parts = [_HEAD]
    for chapter, names in {**CHAPTERS, "Errors": errors}.items():
        parts.append(f"## {chapter}\n")
        parts += [part for name in names for part in _entry(name)]
    return "\n".join(parts).rstrip() + "\n"


def _entry(name: str) -> Iterator[str]:
    thing = getattr(gateway.client, name)
    yield f"### `{name}`\n"
    if inspect.isfunction(thing):
        yield from _signature(thing)
    elif not inspect.isclass(thing):
        choices = ", ".join(f"`{each}`" for each in thing.__args__)
        yield f"One of {choices}: what became of the grant at the provider.\n"
    else:
        if issubclass(thing, Exception):
            yield f"A kind of `{thing.__mro__[1].__name__}`.\n"
        yield _prose(inspect.getdoc(thing) or "")
        if is_dataclass(thing):
            yield "| field | type |\n|---|---|"
            yield from (f"| `{each.name}` | `{_type(each.type)}` |" for each in fields(thing))
            yield from (
                f"| `{each}` | `{_type(inspect.signature(value.fget).return_annotation)}` |"
                for each, value in vars(thing).items()
                if isinstance(value, property) and value.fget
            )
            yield ""
        if name in _TWINS:
            twin = _TWINS[name]
            yield f"It has the calls of [`{twin}`](#{twin.lower()}), without `await`.\n"
        elif not issubclass(thing, Exception):
            for method in _methods(thing):
                yield from _call(thing, method)
    for example in EXAMPLES:
        if name in example.names:
            if name == example.names[0]:
                yield f"```python\n{example.program}```\n"
                yield f"It prints\n\n```text\n{example.prints}```\n"
            else:
                first = example.names[0]
                yield f"Example: that of [`{first}`](#{first.lower()}).\n"


def _methods(thing: type) -> list[str]:
    return [
        name
        for name, value in vars(thing).items()
        if not name.startswith("_") and inspect.isfunction(value)
    ]


def _call(thing: type, method: str) -> Iterator[str]:
    function = getattr(thing, method)
    wait = "await " if inspect.iscoroutinefunction(function) else ""
    yield f"#### `{wait}{thing.__name__}.{method}()`\n"
    yield from _signature(function)


def _signature(function: Callable[..., Any]) -> Iterator[str]:
    signature = inspect.signature(function)
    given = [each for each in signature.parameters.values() if each.name != "self"]
    arguments: list[str] = []
    starred = False
    for each in given:
        if each.kind is each.KEYWORD_ONLY and not starred:
            arguments, starred = [*arguments, "*"], True
        default = "" if each.default is each.empty else f" = {each.default!r}"
        arguments.append(f"{each.name}: {_type(each.annotation)}{default}")
    result = _type(signature.return_annotation)
    yield f"```text\n{function.__name__}({', '.join(arguments)}) -> {result}\n```\n"
    yield _prose(inspect.getdoc(function) or "")


def _type(annotation: Any) -> str:
    return (
        annotation
        if isinstance(annotation, str)
        else getattr(annotation, "__name__", str(annotation))
    )


def _prose(docstring: str) -> str:
    """A docstring as Markdown: sections become lists, indented code becomes blocks."""
    lines: list[str] = []
    in_section = False
    for line in docstring.splitlines():
        if re.fullmatch(r"[A-Z][\w ,]*:", line):
            in_section = True
            lines += [f"{line}\n"]
        elif in_section and re.match(r" {4}\S", line) and ": " in line:
            names, _, text = line.strip().partition(": ")
            lines.append(f"- `{'`, `'.join(names.split(', '))}`: {text}")
        elif in_section and line.startswith("     "):
            lines.append(f"  {line.strip()}")
        elif line.startswith("    ") and not in_section:
            lines.append(line)
        else:
            in_section = in_section and not line.strip()
            lines.append(line)
    text = "\n".join(lines)
    text = re.sub(
        r"(?:^ {4}.*\n?(?:\n(?= {4}))?)+",
        lambda block: (
            "```python\n" + re.sub("^ {4}", "", block[0].rstrip(), flags=re.M) + "\n```\n"
        ),
        text,
        flags=re.MULTILINE,
    )
    return _code_spans(text) + "\n"


def _code_spans(text: str) -> str:
    """Double backticks to single ones, outside of code blocks."""
    parts = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if part.startswith("```") else part.replace("``", "`") for part in parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    text = page()
    if parser.parse_args(arguments).check:
        if not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text:
            print(f"docs/sdk-reference.md is out of date: {COMMAND}", file=sys.stderr)
            return 1
        return 0
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
