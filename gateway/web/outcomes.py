"""The outcomes of a flow, in words for the person who started it.

The callback redirects to a clean URL that names an outcome of this table. No text of a provider
gets into a page (security A9, A17).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from connectors.errors import AccountUnfit
from gateway import errors


@dataclass(frozen=True, slots=True)
class Outcome:
    """``title`` and ``text`` may use ``{name}``, the connector's display name."""

    kind: str
    title: str
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """An outcome as the dashboard shows it."""

    kind: str
    title: str
    text: str
    request_id: str | None


OUTCOMES = {
    "connected": Outcome("success", "{name} is connected", "Tools can use this account now."),
    "reconnected_other": Outcome(
        "info",
        "Another {name} account was connected",
        "You chose a different account than the one you wanted to reconnect. Both are listed "
        "below.",
    ),
    "already_connected": Outcome(
        "info",
        "That attempt is over",
        "Each attempt to connect works once. Your {name} accounts are listed below; start again "
        "if the one you want is missing.",
    ),
    "declined": Outcome(
        "info", "{name} was not connected", "You chose not to allow access. Nothing was stored."
    ),
    "refused": Outcome(
        "error",
        "{name} refused to connect",
        "The provider ended the attempt with an error. Nothing was stored. Try again; if it "
        "happens again, tell the people who run this gateway.",
    ),
    "expired": Outcome(
        "warning",
        "That took too long",
        "An attempt to connect expires after ten minutes. Please start again.",
    ),
    "unfit": Outcome(
        "warning",
        "{name} was not connected",
        "This {name} account has nothing under the name you filled in, or you did not allow "
        "access to it. Nothing was stored. Check both, and connect again.",
    ),
    "other_account": Outcome(
        "warning",
        "A different {name} account is linked already",
        "{name} takes one account per person. Disconnect the linked one first, or choose the "
        "same account again.",
    ),
    "misconfigured": Outcome(
        "error",
        "{name} does not accept this gateway",
        "The app's credentials are refused. Only the people who run this gateway can mend that.",
    ),
    "failed": Outcome(
        "error",
        "{name} could not be connected",
        "It did not answer as it should. Nothing was stored. Please try again in a few minutes.",
    ),
    "made_default": Outcome(
        "success",
        "Default changed",
        "Tools that name no account use this {name} account from now on.",
    ),
    "disconnected_yes": Outcome(
        "success",
        "{name} is disconnected",
        "The tokens are deleted here, and {name} has ended the access.",
    ),
    "disconnected_no": Outcome(
        "warning",
        "{name} is disconnected here",
        "The tokens are deleted, but {name} did not confirm that it ended the access. You can "
        "remove this app in your {name} settings.",
    ),
    "disconnected_unsupported": Outcome(
        "success",
        "{name} is disconnected here",
        "The tokens are deleted. {name} offers no way to end the access from here; you can "
        "remove this app in your {name} settings.",
    ),
    "disconnected_shared": Outcome(
        "success",
        "{name} is disconnected here",
        "The tokens are deleted. Another person here uses the same {name} account, so the access"
        " itself was not ended.",
    ),
}

_OF_ERROR: dict[type[Exception], str] = {
    errors.FlowFinished: "already_connected",
    errors.FlowExpired: "expired",
    AccountUnfit: "unfit",
    errors.AccountMismatch: "other_account",
    errors.ProviderDeclined: "refused",
    errors.ProviderMisconfigured: "misconfigured",
    # One outcome for every failure: a person who chooses part of a provider's address must not
    # learn what is at that address (H6). The log has the reason.
    errors.ProviderError: "failed",
}

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def outcome_of(error: Exception) -> str | None:
    """Return the outcome for ``error``; ``None`` if it needs an error page."""
    if isinstance(error, errors.ProviderDeclined) and error.provider_code == "access_denied":
        return "declined"
    for kind in type(error).__mro__:
        if kind in _OF_ERROR:
            return _OF_ERROR[kind]
    return None


def outcome_url(path: str, outcome: str, connector: str, request_id: str | None = None) -> str:
    """Add the outcome to the query of ``path``."""
    query = {"outcome": outcome, "connector": connector}
    if request_id is not None:
        query["ref"] = request_id
    return f"{path}{'&' if '?' in path else '?'}{urlencode(query)}"


def notice_for(outcome: str | None, display_name: str | None, ref: str | None) -> Notice | None:
    """Return the notice for a dashboard URL; ``None`` for an unknown outcome."""
    if outcome not in OUTCOMES or display_name is None:
        return None
    found = OUTCOMES[outcome]
    return Notice(
        kind=found.kind,
        title=found.title.format(name=display_name),
        text=found.text.format(name=display_name),
        request_id=ref if ref and _REQUEST_ID.fullmatch(ref) else None,
    )
