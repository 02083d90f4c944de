"""``gateway``, also ``python -m gateway``: the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return 0 for done, 1 for failed, 2 for wrong usage."""
    try:
        from gateway.commands.cli import run
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] in {"gateway", "connectors"}:
            raise
        # Installed without extras, this package is the SDK alone.
        print(
            f"gateway: the commands need the server, which is not installed ({missing.name} is "
            "missing). Install it with: pip install 'connector-gateway[server]'",
            file=sys.stderr,
        )
        return 1
    return run(argv)


if __name__ == "__main__":
    sys.exit(main())
