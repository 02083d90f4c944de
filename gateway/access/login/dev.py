"""The development login, which accepts any name and exists only in dev mode.

Where other machines can reach it, because ``GATEWAY_PUBLIC_URL`` names a tunnel, it also asks for a
code that the gateway prints on its terminal.

A deployment has at most one login method (``GATEWAY_LOGIN``): this one, an OpenID Connect provider
(``oidc.py``) or a host application (``handoff.py``). Without one, the API with service keys works.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from functools import cache

from gateway.access.identity import DEFAULT_TENANT, MAX_USER, Identity, is_user_id
from gateway.errors import InvalidRequest, SettingsError
from gateway.settings.environment import Settings

ADMIN = "admin"
"""The name of the person who administers the tenant."""


class DevLogin:
    """Sign-in by name. The only proof is the printed ``code``, if there is one."""

    suggestions = ("alice", "bob", ADMIN)

    def __init__(self, settings: Settings) -> None:
        if not settings.dev:
            raise SettingsError("the development login exists in dev mode only")
        self.code = None if settings.is_on_loopback else _code()

    def identify(self, form: Mapping[str, str]) -> Identity:
        """Return the identity of the name that was picked or typed; raises ``InvalidRequest``."""
        typed = (form.get("code") or "").strip().upper()
        if self.code is not None and not hmac.compare_digest(typed.encode(), self.code.encode()):
            raise InvalidRequest("Enter the sign-in code that the gateway printed when it started.")
        user = (form.get("pick") or form.get("name") or "").strip()
        if not is_user_id(user):
            raise InvalidRequest(f"A name has 1 to {MAX_USER} printable characters.")
        return Identity(tenant=DEFAULT_TENANT, user=user, admin=user == ADMIN)


@cache
def _code() -> str:
    """A code of 50 random bits, the same for the whole life of the process."""
    letters = "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"
