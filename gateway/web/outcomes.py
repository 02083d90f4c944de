"""The outcomes of a flow, in words for the person who started it.

The callback redirects to a clean URL that names an outcome of this table, with a proof in a cookie.
No text of a provider gets into a page (security A9, A17).
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from connectors.errors import AccountUnfit
from connectors.secret import Secret
from gateway import errors
from gateway.access.sessions import SessionCaller
from gateway.web.cookies import drop_cookie, read_cookie, set_cookie
from gateway.web.return_to import is_application, with_query
from gateway.web.state import services


@dataclass(frozen=True, slots=True)
class Outcome:
    """The texts may use ``{name}``, the connector's display name.

    ``action`` is the label of the button that leads to the connect page, if there is one.
    """

    kind: str
    title: str
    text: str = ""
    action: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """An outcome as a page shows it. ``account`` is the id of the connection that it is about."""

    kind: str
    title: str
    text: str
    request_id: str | None
    action: dict[str, str] | None
    account: str | None = None


OUTCOMES = {
    "call_approved": Outcome(
        "success", "The call is approved", "It runs when the tool repeats it, once."
    ),
    "call_denied": Outcome("info", "The call is denied", "Nothing was sent."),
    "policies_changed": Outcome("success", "The policies are changed", "They hold from now on."),
    "integration_added": Outcome(
        "success",
        "The integration is added",
        "Its operations are tools for everybody. Connect an account below, and try one.",
    ),
    "integration_changed": Outcome("success", "The integration is changed"),
    "integration_read": Outcome(
        "success", "It was read again", "What is new or different waits below to be accepted."
    ),
    "integration_read_later": Outcome(
        "success",
        "It will be read again",
        "Each connection is asked for its tools when they are needed next. What is new or "
        "different waits here to be accepted.",
    ),
    "integration_removed": Outcome(
        "success",
        "The integration is removed",
        "Its tools and the rules that named it are gone, and its connections are deleted.",
    ),
    "method_set": Outcome("success", "The way to connect is stored", "People can use it now."),
    "method_removed": Outcome("success", "The way to connect is removed"),
    "tools_accepted": Outcome("success", "Accepted", "These tools are as they were shown to you."),
    "tools_not_accepted": Outcome(
        "warning",
        "It has changed again",
        "What you looked at is not what it is now. Look at it again.",
    ),
    "tool_changed": Outcome("success", "The tool is changed", "It holds from now on."),
    "connected": Outcome("success", "{name} is connected", "Tools can use this account now."),
    "reconnected": Outcome(
        "success",
        "{name} is reconnected",
        "The account that was linked already has new access. Tools can use it now.",
    ),
    "reconnected_other": Outcome(
        "info",
        "Another {name} account was connected",
        "You chose a different account than the one you wanted to reconnect. Both are on "
        "your dashboard.",
    ),
    "already_connected": Outcome(
        "info",
        "That attempt is over",
        "Each attempt to connect works once. Your {name} accounts are on your dashboard; start "
        "again if the one you want is missing.",
        "Connect {name} again",
    ),
    "declined": Outcome(
        "info",
        "{name} was not connected",
        "You chose not to allow access. Nothing was stored.",
        "Try again",
    ),
    "approval": Outcome(
        "warning",
        "An administrator has to approve this first",
        "{name} was not connected: an administrator of your {name} organisation has to approve "
        "this app. Ask for that there, then connect again. Nothing was stored.",
        "Try again",
    ),
    "refused": Outcome(
        "error",
        "{name} refused to connect",
        "{name} ended the attempt with an error. Nothing was stored. Try again; if it "
        "happens again, tell the people who run this gateway.",
        "Try again",
    ),
    "expired": Outcome(
        "warning",
        "That took too long",
        "{name} was not connected: an attempt to connect expires after ten minutes.",
        "Start again",
    ),
    "unfit": Outcome(
        "warning",
        "{name} was not connected",
        "This {name} account has nothing under the name you filled in, or you did not allow "
        "access to it. Nothing was stored. Check both, and connect again.",
        "Connect again",
    ),
    "other_account": Outcome(
        "warning",
        "A different {name} account is linked already",
        "{name} takes one account per person. Disconnect the linked one first, or choose the "
        "same account again.",
    ),
    "kept": Outcome(
        "info",
        "{name} keeps the access it had",
        "You granted less than before, so nothing was changed: what worked goes on working. "
        "Disconnect the account to end its access.",
    ),
    "connector_off": Outcome(
        "warning",
        "{name} is switched off",
        "An administrator of your organisation has switched it off meanwhile. Nothing was stored.",
    ),
    "personal_forbidden": Outcome(
        "warning",
        "{name} was not connected",
        "Your organisation allows its own {name} connection only. Nothing was stored.",
    ),
    "misconfigured": Outcome(
        "error",
        "{name} does not accept this gateway",
        "The app's credentials are refused. Only the people who run this gateway can mend that.",
    ),
    "app_refused": Outcome(
        "error",
        "{name} does not accept the app of your organisation",
        "Its client id or client secret is wrong. Nothing was changed. An administrator of your "
        "organisation has to set the right ones; then connect again.",
    ),
    "app_removed": Outcome(
        "warning",
        "{name} was not connected",
        "Meanwhile, the app of your organisation was removed. Nothing was changed.",
        "Start again",
    ),
    "failed": Outcome(
        "error",
        "{name} could not be connected",
        "It did not answer as it should. Nothing was stored. Please try again in a few minutes.",
        "Try again",
    ),
    "internal_error": Outcome(
        "error",
        "Something went wrong on our side",
        "Whether {name} is connected is not known. Look for the account on your dashboard, and "
        "start again if it is missing.",
        "Connect {name} again",
    ),
    "key_accepted": Outcome("success", "The key works", "{name} accepts it. Tools can use it now."),
    "key_refused": Outcome(
        "warning",
        "{name} does not accept this key",
        "Replace it by a new one. Until then, tools get no access.",
    ),
    "key_unchecked": Outcome(
        "warning",
        "{name} could not check this key",
        "It did not answer as it should. The key is kept, and the gateway tries again by itself.",
    ),
    "key_unproven": Outcome(
        "info",
        "The key is stored",
        "{name} offers no way to check it. Tools can use it now; if {name} refuses it, you are "
        "asked for another one.",
    ),
    "key_stored": Outcome(
        "success", "{name} is connected", "{name} accepts the key. Tools can use it now."
    ),
    "key_replaced": Outcome(
        "success", "The key is replaced", "{name} accepts the new key. The old one is deleted here."
    ),
    "app_set": Outcome(
        "success",
        "The app of {name} is set",
        "New connections are made with it. Connect an account to see whether {name} accepts it.",
        "Connect {name}",
    ),
    "app_forgotten": Outcome(
        "success", "The app of {name} is removed", "The connections that it made are kept."
    ),
    "made_default": Outcome(
        "success",
        "Default changed",
        "Tools that name no account use this {name} account from now on.",
    ),
    "rule_changed": Outcome(
        "success", "The rule for {name} is saved", "It holds for your whole organisation."
    ),
    "usage_rule_set": Outcome(
        "success", "The rule is set", "It counts calls from now on, within a second everywhere."
    ),
    "usage_rule_removed": Outcome(
        "success", "The rule is removed", "Calls are no longer counted by it."
    ),
    "hook_done": Outcome(
        "success", "{name} is set up", "The facts of this account that were missing are here now."
    ),
    "hook_failed": Outcome(
        "warning",
        "{name} could not be set up",
        "The step after connecting failed again. The account stays connected, and its card says "
        "when the gateway tries again.",
    ),
    "disconnected_yes": Outcome(
        "success",
        "{name} is disconnected",
        "The tokens are deleted here, and {name} has ended the access.",
        "Connect {name} again",
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
    "disconnected_key": Outcome(
        "success",
        "{name} is disconnected here",
        "The key is deleted here. It goes on working at {name}: delete it there as well if you do "
        "not need it any more.",
        "Connect {name} again",
    ),
    "disconnected_shared": Outcome(
        "success",
        "{name} is disconnected here",
        "The tokens are deleted. Another person here uses the same {name} account, so the access"
        " itself was not ended.",
    ),
}

ALREADY = "already_connected"
"""The outcome of a flow that was used before, and of one whose end nobody knows."""
FAULT = "internal_error"
"""The outcome of a flow that an unexpected error ended."""

_OF_ERROR: dict[type[Exception], str] = {
    errors.FlowFinished: ALREADY,
    errors.FlowExpired: "expired",
    AccountUnfit: "unfit",
    errors.AccountMismatch: "other_account",
    errors.GrantSmaller: "kept",
    errors.AppRefused: "app_refused",
    errors.AppRemoved: "app_removed",
    errors.ConnectorOff: "connector_off",
    errors.PersonalForbidden: "personal_forbidden",
    errors.ProviderMisconfigured: "misconfigured",
    # One outcome for every failure: a person who chooses part of a provider's address must not
    # learn what is at that address (H6). The log has the reason.
    errors.ProviderError: "failed",
}

PROVEN = ("outcome", "connector", "ref", "account")
"""The parameters of an outcome, which its proof covers."""

COOKIE, _LIFETIME = "gateway_outcome", timedelta(minutes=1)


def outcome_of(error: Exception) -> str | None:
    """Return the outcome for ``error``; ``None`` if it needs an error page."""
    if isinstance(error, errors.ProviderDeclined):
        return error.kind
    for kind in type(error).__mro__:
        if kind in _OF_ERROR:
            return _OF_ERROR[kind]
    return None


def redirect_with(
    request: Request,
    session: SessionCaller | None,
    path: str,
    outcome: str,
    connector: str,
    *,
    ref: str | None = None,
    account: str | None = None,
) -> RedirectResponse:
    """Redirect to ``path`` with an outcome, and give the browser the proof that it is true.

    The page of an application, at an origin that is allowed now, gets ``hinted`` and no proof.
    Anybody can write an address with an outcome, and a reload repeats it. So a page shows the
    outcome only to a browser with the proof in a cookie, and takes the cookie away.
    """
    if is_application(path, services(request).settings.return_origins):
        return RedirectResponse(hinted(path, outcome, connector, account), 303)
    query = {"outcome": outcome, "connector": connector} | {
        name: value for name, value in (("ref", ref), ("account", account)) if value
    }
    answer = RedirectResponse(with_query(path, query), 303)
    if session is not None:
        set_cookie(request, answer, COOKIE, Secret(proof_of(session.csrf_token, query)), _LIFETIME)
    return answer


def hinted(page: str, outcome: str, connector: str, connection: str | None = None) -> str:
    """Return the page of an application with an outcome in its query, which proves nothing."""
    query = {"outcome": outcome, "connector": connector}
    return with_query(page, query | ({"connection": connection} if connection else {}))


def notice_for(request: Request, session: SessionCaller) -> Notice | None:
    """Return the notice for the outcome in the address; ``None`` if this browser has no proof."""
    asked, catalog = request.query_params, services(request).catalog
    query = {name: asked[name] for name in PROVEN if name in asked}
    proof, connector = read_cookie(request, COOKIE) or "", query.get("connector", "")
    if not hmac.compare_digest(proof.encode(), proof_of(session.csrf_token, query).encode()):
        return None
    found = OUTCOMES[query["outcome"]]
    name = name_of(request, connector)
    action = None
    if found.action and catalog.knows(connector):
        action = {"label": found.action.format(name=name), "href": f"/connectors/{connector}"}
    return Notice(
        kind=found.kind,
        title=found.title.format(name=name),
        text=found.text.format(name=name),
        request_id=query.get("ref"),
        action=action,
        account=query.get("account"),
    )


def name_of(request: Request, connector: str) -> str:
    """Return a connector's display name, also of one that is gone meanwhile."""
    catalog = services(request).catalog
    known = catalog.knows(connector)
    return catalog.display_name(connector) if known else connector.capitalize()


def forget_outcome(request: Request, answer: Response) -> Response:
    """Remove the proof: a notice is shown once."""
    if read_cookie(request, COOKIE) is not None:
        drop_cookie(request, answer, COOKIE)
    return answer


def proof_of(csrf_token: str, query: Mapping[str, str]) -> str:
    """Return the proof of an outcome, for the session with this token."""
    return hmac.new(csrf_token.encode(), urlencode(query).encode(), "sha256").hexdigest()
