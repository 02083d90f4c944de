"""How a person signs in: pluggable, one kind per deployment.

A ``Login`` turns a submitted sign-in form into a user id. The only kind so far is the development
login, which believes any name and is refused outside dev mode. Without a login the dashboard says
so, and the API with service keys works all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from gateway.errors import InvalidRequest, SettingsError
from gateway.settings import Settings

DEFAULT_TENANT = "default"
MAX_USER = 255


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """Who signed in."""

    tenant: str
    user: str


class Login(Protocol):
    """A way to sign in."""

    @property
    def suggestions(self) -> tuple[str, ...]:
        """Names that the form offers with one click."""
        ...

    def identify(self, form: Mapping[str, str]) -> Identity:
        """Who submitted this form; raises ``InvalidRequest`` with a text for that person."""
        ...


class DevLogin:
    """Pick a name. For development only: it asks for no proof."""

    suggestions = ("alice", "bob")

    def __init__(self, settings: Settings) -> None:
        if not settings.dev:
            raise SettingsError("the development login exists in dev mode only")

    def identify(self, form: Mapping[str, str]) -> Identity:
        """The name that was picked or typed."""
        user = (form.get("pick") or form.get("name") or "").strip()
        if not is_user_id(user):
            raise InvalidRequest(f"A name has 1 to {MAX_USER} printable characters.")
        return Identity(tenant=DEFAULT_TENANT, user=user)


def is_user_id(value: str) -> bool:
    """Whether ``value`` can be a user: an opaque id of 1 to 255 printable characters."""
    return 0 < len(value) <= MAX_USER and value.isprintable()


def login_for(settings: Settings) -> Login | None:
    """The login of this deployment, ``None`` if it has none."""
    return DevLogin(settings) if settings.dev else None
