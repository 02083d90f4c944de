"""Microsoft OAuth connector (Entra ID and personal accounts, for Microsoft Graph).

Quirks:
1. Only ``offline_access`` brings a refresh token, and the answer never names it among the granted
   scopes.
2. Graph's scopes come back short or as URLs (``https://graph.microsoft.com/User.Read``).
3. Without ``prompt=select_account`` the account that is signed in is taken, and a second one can
   never be connected.
4. A refresh answers with a new refresh token to be kept; the old one goes on working.
5. Graph's ``id`` is an object of one tenant: a guest has another one in every tenant. The identity
   is the tenant (``tid`` of the id_token) and the object, which two places tell.
6. ``mail`` may be null; ``userPrincipalName`` is always there.
7. There is no revocation endpoint.
8. A refresh is refused with codes of OpenID Connect where a new rule of an administrator wants
   another sign-in, factor or consent (Microsoft's own library, MSAL, takes the same five for it).
   Taken for a passing fault, they would end every connection of that organisation in silence.
9. That an administrator has to consent first is told as ``access_denied``, with a number in the
   description. AADSTS65001 is none of them: the person's own consent can mend it.
10. Who may change a product may read it: ``Mail.ReadWrite`` opens what ``Mail.Read`` opens.

Console: an app for accounts in any organisational directory and personal accounts, with the
platform Web: the tenant is ``common``. The secret has an end date.

Scopes: ``openid`` yields the id_token of quirk 5, ``offline_access`` is quirk 1, and ``User.Read``
opens the person's own profile. A tool that needs a product names its set. Consent is incremental:
the person is asked for what is new alone, and earlier refresh tokens go on working.
"""

from datetime import date

from connectors import (
    AccountInfo,
    AccountUnreadable,
    ConnectionContext,
    ConnectorConfig,
    Env,
    ScopeSet,
    app,
    as_text,
    claims_of,
    dig,
)

LOGIN = "https://login.microsoftonline.com/common/oauth2/v2.0"
GRAPH = "https://graph.microsoft.com"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("microsoft", env),
        display_name="Microsoft",
        description="A Microsoft account: mail, calendar, files, tasks, contacts and Teams.",
        category="productivity",
        alias="microsoft-graph",
        docs_url="https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow",
        console_url="https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps",
        checked_on=date(2026, 11, 21),
        authorization_url=f"{LOGIN}/authorize",
        token_url=f"{LOGIN}/token",
        scopes=("openid", "offline_access", "User.Read"),
        scopes_not_echoed=frozenset({"offline_access"}),  # quirk 1
        scope_aliases={f"{GRAPH}/*": "*"},  # quirk 2
        scope_implies={"*.ReadWrite": ("*.Read",)},  # quirk 10
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=tuple(scopes.split()))
            for name, scopes, title, sentence in (
                ("mail-read", "Mail.Read", "Mail, to read", "Read mail"),
                ("mail-send", "Mail.Send", "Mail, to send", "Send mail as you"),
                ("mail", "Mail.ReadWrite Mail.Send", "Mail", "Read, write and send mail"),
                ("calendar-read", "Calendars.Read", "Calendar, to read", "See calendars"),
                ("calendar", "Calendars.ReadWrite", "Calendar", "See and change calendars"),
                ("files-read", "Files.Read", "Files, to read", "See files, Word and Excel too"),
                ("files", "Files.ReadWrite", "Files", "See and change files, Word and Excel too"),
                ("tasks-read", "Tasks.Read", "Tasks, to read", "See tasks in To Do"),
                ("tasks", "Tasks.ReadWrite", "Tasks", "See and change tasks in To Do"),
                ("contacts", "Contacts.ReadWrite", "Contacts", "See and change contacts"),
                ("notes", "Notes.ReadWrite", "Notes", "See and change OneNote notebooks"),
                (
                    "teams",
                    "Team.ReadBasic.All Channel.ReadBasic.All ChannelMessage.Send",
                    "Teams",
                    "See your teams and channels, and write into them as you",
                ),
                (
                    "teams-read",
                    "Team.ReadBasic.All Channel.ReadBasic.All ChannelMessage.Read.All",
                    "Teams, to read",
                    "Read your channels, which an administrator has to allow",
                ),
                (
                    "chats",
                    "Chat.ReadBasic Chat.Read ChatMessage.Send",
                    "Chats",
                    "Read your chats in Teams, and write into them as you",
                ),
            )
        },
        extra_authorize_params={"prompt": "select_account"},  # quirk 3
        supports_refresh=True,  # quirk 4
        refresh_grace_seconds=86400,  # quirk 4
        refresh_rejected_codes=frozenset(
            {  # quirk 8
                "bad_token",
                "consent_required",
                "interaction_required",
                "interrupted_user",
                "login_required",
            }
        ),
        approval_codes=frozenset(  # quirk 9
            {"AADSTS90093", "AADSTS90094", "AADSTS90095", "AADSTS900941"}
        ),
        supports_multiple_accounts=True,
        fetch_account_info=fetch_account_info,  # quirk 5
        api_base_url=f"{GRAPH}/v1.0",
    )


async def fetch_account_info(ctx: ConnectionContext) -> AccountInfo:
    """Read the person's tenant and object (quirk 5). Raises ``AccountUnreadable``."""
    answer = await ctx.fetch(f"{GRAPH}/v1.0/me")
    if answer.status != 200:
        raise AccountUnreadable(f"the account endpoint answered {answer.status}")
    me = answer.json()
    claims = claims_of(ctx.token_response.get("id_token"))
    tenant, person = as_text(dig(claims, "tid")), as_text(dig(me, "id"))
    if tenant is None or person is None:
        raise AccountUnreadable("the answers have no tenant or no object id")
    label = as_text(dig(me, "mail")) or as_text(dig(me, "userPrincipalName"))  # quirk 6
    return AccountInfo(
        external_account_id=f"{tenant}:{person}",
        account_label=label or person,
        metadata={"tenant_id": tenant},
    )
