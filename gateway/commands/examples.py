"""The examples in the help of each command: lines to paste."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

TITLE = "Examples:"

EXAMPLES: dict[str, Sequence[str]] = {
    "audit": (
        "gateway audit",
        "gateway audit --user alice --since 2026-01-31T09:30:00Z --json",
        "gateway audit --action connection.needs_reauth --limit 20",
    ),
    "completion": (
        "gateway completion bash > gateway.bash && source gateway.bash",
        "gateway completion bash > ~/.local/share/bash-completion/completions/gateway",
        'gateway completion zsh > "${fpath[1]}/_gateway"',
    ),
    "connectors check": (
        "gateway connectors check notion",
        "GATEWAY_CONNECTORS_PATH=my-connectors gateway connectors check",
    ),
    "connectors list": (
        "gateway connectors list",
        "gateway connectors list --json",
        "gateway connectors list | grep hidden",
    ),
    "connectors new": (
        "gateway connectors new acme --folder my-connectors",
        "gateway connectors new acme --key --api-base-url https://api.acme.example "
        "--folder my-connectors",
    ),
    "connectors probe": (
        "gateway connectors probe google",
        "gateway connectors probe google --json",
    ),
    "connectors show": ("gateway connectors show notion", "gateway connectors show notion --json"),
    "dev": ("gateway dev",),
    "doctor": ("gateway doctor", "gateway doctor --json"),
    "encryption new-key": ("gateway encryption new-key", "gateway encryption new-key --id k2"),
    "encryption rotate": (
        "gateway encryption rotate --dry-run",
        "gateway encryption rotate --per-second 500",
    ),
    "encryption status": ("gateway encryption status", "gateway encryption status --json"),
    "integrations add": (
        "gateway integrations add https://api.example.com/openapi.json --slug shop "
        "--operation list_pets",
        "gateway integrations add --file openapi.yaml --slug shop "
        "--base-url https://api.example.com/v1",
    ),
    "integrations detect": ("gateway integrations detect https://api.example.com",),
    "integrations list": ("gateway integrations list", "gateway integrations list --json"),
    "integrations preview": (
        "gateway integrations preview https://api.example.com/openapi.json",
        "gateway integrations preview --file openapi.yaml --json",
    ),
    "integrations refresh": (
        "gateway integrations refresh shop --dry-run",
        "gateway integrations refresh shop --file openapi.yaml",
    ),
    "integrations remove": ("gateway integrations remove shop",),
    "integrations tools": ("gateway integrations tools shop",),
    "keys adopt": ("gateway keys adopt < key.txt",),
    "keys create": (
        "gateway keys create --role tokens --label reports",
        "gateway keys create --role tools --connector notion --connector slack --expires-in 90d",
    ),
    "keys delete": ("gateway keys delete 0123456789abcdef",),
    "keys list": ("gateway keys list", "gateway keys list --json"),
    "policies list": ("gateway policies list", "gateway policies list --json"),
    "policies remove": ("gateway policies remove no-writes",),
    "policies set": (
        "gateway policies set no-writes 'notion_*' block --effect write --dry-run",
        "gateway policies set ask-alice '*' ask --effect destructive --user alice",
    ),
    "sandbox": ("GATEWAY_MODE=dev gateway sandbox", "GATEWAY_MODE=dev gateway sandbox --port 3200"),
    "serve": ("gateway serve", "gateway serve --host 127.0.0.1 --port 8080"),
    "signing-keys list": ("gateway signing-keys list", "gateway signing-keys list --json"),
    "signing-keys rotate": ("gateway signing-keys rotate",),
    "skills export": ("gateway skills export skills",),
    "skills list": ("gateway skills list", "gateway skills list > skills.sha256"),
    "tools call": (
        "gateway tools call notion_search_pages --user alice",
        """gateway tools call notion_search_pages '{"query": "plan"}' --user alice""",
    ),
    "tools list": ("gateway tools list", "gateway tools list --connector notion"),
    "tools new": ("gateway tools new notion_archive_page --folder my-connectors",),
    "tools show": (
        "gateway tools show notion_get_page",
        "gateway tools show notion_get_page --json",
    ),
    "usage": (
        "gateway usage",
        "gateway usage --by day,connector",
        "gateway usage --user alice --since 2026-01-01 --json",
    ),
    "worker": ("gateway worker", "gateway worker --metrics 127.0.0.1:9091"),
}
"""Lines by command. A group shows the first line of each of its commands."""


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
