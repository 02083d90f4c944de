"""An integration as a connector: its methods become a catalog description. No I/O.

Everything here comes from a document or an endpoint that nobody reviewed. The description checks
itself (``connectors.added``); a text that could reach another place is refused.
"""

from __future__ import annotations

import re
import secrets
from typing import Any

from connectors.account import claims_of, dig
from connectors.added import UNNAMED, Added, AddedConnector, AddedKeyConnector
from connectors.context import AccountInfo, ConnectionContext
from connectors.errors import AccountUnreadable
from connectors.inputs import ConnectionInput
from connectors.key_method import KeyMethod, TokenRequest
from connectors.secret import Secret
from gateway.engine.discovered import RemoteClient, connector_arguments
from gateway.engine.integration import AuthMethod, OAuth, Placement
from gateway.store.integrations import Integration
from gateway.text import clean_text

NO_APP = "none"
"""The client id of a connector that has no app yet: nothing is sent with it."""
_NOWHERE = "https://nowhere.invalid/"
_MOST_INPUTS = 10
_PASTED = r"[!-~](?:[ -~]{0,4094}[!-~])?"
_PLACEHOLDER = re.compile(r"\$\{")


def connector_of(row: Integration) -> Added:
    """Return the connector of an integration. Raises ``ConfigError`` for one that cannot be."""
    keys = {each.slug: key for each in row.methods if (key := _key_of(each)) is not None}
    pasted = {slug: key for slug, key in keys.items() if key.inputs}
    open_key = next((key for key in keys.values() if not key.inputs), None)
    flow = next((each.oauth for each in row.methods if _is_flow(each)), None)
    shown_url = row.display_url if row.display_url.startswith("https://") else ""
    shared: dict[str, Any] = {
        "name": row.id,
        "display_name": clean_text(row.name, 80) or row.slug,
        "description": clean_text(row.description, 200),
        "category": "other",
        "docs_url": shown_url,
        "console_url": shown_url,
        "checked_on": row.config_revised_at.date(),
        "api_base_url": row.base_url,
        "keys": pasted,
        "open_key": open_key,
    }
    if flow is None:
        key = next(iter(pasted.values()), None) or open_key or KeyMethod(inputs={})
        return AddedKeyConnector(**shared, key=key, supports_multiple_accounts=True)
    # The app of the tenant takes the place of these two.
    oauth = _oauth(flow, row.found) | {"client_id": NO_APP, "client_secret": Secret("")}
    return AddedConnector(
        **shared,
        **oauth,
        key=next(iter(pasted.values()), None),
        finds_app=flow.is_discovered,
        supports_multiple_accounts=False,
        fetch_account_info=_account,
    )


def _is_flow(method: AuthMethod) -> bool:
    return method.oauth is not None and method.oauth.flow == "authorization_code"


def _key_of(method: AuthMethod) -> KeyMethod | None:
    if method.oauth is not None:
        return _exchanged(method.oauth) if method.oauth.flow == "client_credentials" else None
    if method.kind == "oauth":
        return None
    if method.basic:
        # A key often stands where the user is, with an empty password: both are secrets.
        user = _input("username", "User name", "What HTTP Basic calls the user.")
        password = _input("password", "Password", "May be empty.", default="")
        return KeyMethod(
            inputs={"username": user, "password": password},
            api_basic=("${username}", "${password}"),
        )
    inputs: dict[str, ConnectionInput] = {}
    headers: dict[str, str] = {}
    query: dict[str, str] = {}
    for place in method.placements[:_MOST_INPUTS]:
        text = _checked(place.prefix)
        if place.literal is not None:
            text += _checked(place.literal)
        else:
            name = input_name(place.variable)
            title = method.title or place.name
            inputs[name] = _input(name, clean_text(title, 80) or name, _where(place))
            text += f"${{{name}}}"
        (headers if place.carrier == "header" else query)[place.name] = text
    return KeyMethod(inputs=inputs, api_headers=headers, api_query=query)


def _exchanged(oauth: OAuth) -> KeyMethod:
    body = {"grant_type": "client_credentials"}
    if oauth.scopes:
        body["scope"] = _checked(" ".join(oauth.scopes))
    return KeyMethod(
        inputs={
            "client_id": _input("client_id", "Client id", "The id of your app.", secret=False),
            "client_secret": _input("client_secret", "Client secret", "The secret of your app."),
        },
        api_headers={"Authorization": "Bearer ${access_token}"},
        token=TokenRequest(
            url=oauth.token_url or "", basic=("${client_id}", "${client_secret}"), body=body
        ),
    )


def _oauth(flow: OAuth, found: RemoteClient | None) -> dict[str, Any]:
    if found is not None:
        return connector_arguments(found, Secret(""))
    return {
        # What is not known yet is discovered when somebody connects.
        "authorization_url": flow.authorization_url or _NOWHERE,
        "token_url": flow.token_url or _NOWHERE,
        "refresh_url": flow.refresh_url,
        "scopes": tuple(flow.scopes),
        "authorization_method": "none",
        "supports_refresh": True,
    }


def input_name(variable: str) -> str:
    """Return the name of the input for a variable of a document."""
    plain = re.sub(r"[^a-z0-9]+", "_", variable.lower()).strip("_")[:36]
    if not plain or not plain[0].isalpha():
        plain = f"v_{plain}".rstrip("_")
    is_taken = plain in {"access_token", "metadata", "connection_config", "template"}
    return f"{plain}_" if is_taken else plain


def _input(
    name: str, title: str, description: str, *, secret: bool = True, default: str | None = None
) -> ConnectionInput:
    return ConnectionInput(
        title=title,
        description=description,
        example=name,
        pattern=_PASTED,
        secret=secret,
        keep_case=not secret,
        default=default,
    )


def _where(place: Placement) -> str:
    return f"It is sent in the {place.carrier} {clean_text(place.name, 80)}."


def _checked(text: str) -> str:
    """Return a text of the document; one that looks like a placeholder is broken in two."""
    return _PLACEHOLDER.sub("$ {", text)


async def _account(ctx: ConnectionContext) -> AccountInfo:
    """Name the account by its id token, if there is one: the API says nothing that is known here.

    Without one, the id is another one for each grant: two people never seem to share an account.
    ``gateway.services.linking`` keeps that of a person's earlier grant.
    """
    try:
        claims = claims_of(dig(ctx.token_response, "id_token"))
    except AccountUnreadable:
        claims = {}
    names = ("email", "preferred_username", "name")
    label = next((text for name in names if (text := _text(claims.get(name)))), "Account")
    subject = _text(claims.get("sub"))
    return AccountInfo(
        external_account_id=f"sub:{subject}" if subject else f"{UNNAMED}{secrets.token_hex(12)}",
        account_label=label,
        metadata={},
    )


def _text(value: object) -> str:
    return clean_text(value, 100) if isinstance(value, str) else ""
