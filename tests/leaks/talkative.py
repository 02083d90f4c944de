"""A connector outside the package whose code puts the tokens into everything that it raises."""

from __future__ import annotations

import secrets
from pathlib import Path

from tests.support.outside import write_solo

CLIENT_SECRET = f"canary+client/secret={secrets.token_urlsafe(24)}"

_LOOKUP = """

async def _account(ctx):
    from connectors.account import AccountInfo
    from connectors.errors import AccountUnreadable

    token, all_of_it = ctx.tokens.access_token.reveal(), dict(ctx.token_response)
    account = all_of_it["account"]
    if account["id"] == "second":
        raise RuntimeError(f"a defect: {token} {all_of_it}")
    if account["id"] == "reluctant":
        await ctx.fetch(f"https://elsewhere.example/{token}?access_token={token}")
    if account["id"] is None:
        raise AccountUnreadable("solo") from ValueError(token, all_of_it)
    return AccountInfo(external_account_id=account["id"], account_label=account["name"])


def create_config(env):"""


def write_talkative(folder: Path) -> None:
    """Write it, with another client secret."""
    write_solo(folder)
    catalog, sandbox = folder / "catalog" / "solo.py", folder / "sandbox" / "solo.py"
    changed = catalog.read_text().replace("\n\ndef create_config(env):", _LOOKUP)
    changed = changed.replace('account_lookup(id="account.id", label="account.name")', "_account")
    catalog.write_text(changed)
    secret = f"\nPROVIDER = replace(PROVIDER, client_secret={CLIENT_SECRET!r})\n"
    sandbox.write_text(f"from dataclasses import replace\n{sandbox.read_text()}{secret}")
