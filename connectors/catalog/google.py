"""Google OAuth connector.

Quirks:
1. A refresh token comes only with ``access_type=offline``, and after the first consent only with
   ``prompt=consent``. Without both, a reconnected account dies after an hour.
2. A refresh answers without a refresh token: the stored one stays.
3. The short names ``email`` and ``profile`` come back as URLs.
4. Revoking needs no client authentication, and ends the person's whole grant for this app: other
   connections of the same Google account die with it.
5. The callback carries ``iss`` (RFC 9207), which Google's metadata does not promise: another issuer
   is refused, a missing one is not.
6. An administrator of a Workspace can forbid apps: the codes are in Google's list of error codes
   (https://support.google.com/accounts/answer/16668185).
7. A wide scope opens what its narrow ones open: each method's page lists all that do.

Console: a client of the type Web application. Enable the API of each product whose scopes are
added. While the consent screen has the status Testing, only listed test users can connect, and
refresh tokens end after seven days.

Scopes: ``openid`` opens the userinfo endpoint and yields the stable ``sub``; ``userinfo.email``
gives the label. A tool that needs a product names its set. A request names everything that is to
be held: ``include_granted_scopes`` is not sent, because it would add to a token what the person
once granted this app elsewhere. An earlier refresh token goes on working beside a new one.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, ScopeSet, account_lookup, app

AUTH = "https://www.googleapis.com/auth"
# Those of the other products are at www.
PRODUCTS = ("bigquery", "docs", "gmail", "openidconnect", "people", "sheets", "tasks")


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("google", env),
        display_name="Google",
        description="A Google account: mail, calendar, files, documents, tables and tasks.",
        category="productivity",
        alias="google-workspace",
        docs_url="https://developers.google.com/identity/protocols/oauth2/web-server",
        console_url="https://console.cloud.google.com/apis/credentials",
        checked_on=date(2026, 11, 21),
        authorization_url="https://accounts.google.com/o/oauth2/v2/auth",
        token_url="https://oauth2.googleapis.com/token",
        revocation_url="https://oauth2.googleapis.com/revoke",
        revocation=Revocation(auth="none"),  # quirk 4
        issuer="https://accounts.google.com",  # quirk 5
        scopes=("openid", f"{AUTH}/userinfo.email"),
        scope_aliases={  # quirk 3
            "email": f"{AUTH}/userinfo.email",
            "profile": f"{AUTH}/userinfo.profile",
        },
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=(f"{AUTH}/{scope}",))
            for name, scope, title, sentence in (
                ("gmail", "gmail.modify", "Gmail", "Read, write and send mail"),
                ("gmail-read", "gmail.readonly", "Gmail, reading", "Read mail"),
                ("gmail-send", "gmail.send", "Gmail, sending", "Send mail, and read none"),
                ("gmail-compose", "gmail.compose", "Gmail, drafts", "Write drafts and send mail"),
                ("calendar", "calendar", "Calendar", "See and change calendars and events"),
                ("calendar-read", "calendar.readonly", "Calendar, reading", "See events"),
                ("calendar-events", "calendar.events", "Events", "See and change events"),
                ("drive", "drive", "Drive", "See and change all files in Drive"),
                ("drive-read", "drive.readonly", "Drive, reading", "See all files in Drive"),
                ("drive-files", "drive.file", "Drive, own files", "Create files and change them"),
                ("docs", "documents", "Docs", "See and change documents"),
                ("docs-read", "documents.readonly", "Docs, reading", "See documents"),
                ("sheets", "spreadsheets", "Sheets", "See and change spreadsheets"),
                ("sheets-read", "spreadsheets.readonly", "Sheets, reading", "See spreadsheets"),
                ("tasks", "tasks", "Tasks", "See and change tasks"),
                ("tasks-read", "tasks.readonly", "Tasks, reading", "See tasks"),
                ("contacts", "contacts", "Contacts", "See and change contacts"),
                ("contacts-read", "contacts.readonly", "Contacts, reading", "See contacts"),
                ("bigquery", "bigquery", "BigQuery", "See and change data in BigQuery"),
                ("bigquery-insert", "bigquery.insertdata", "BigQuery rows", "Add rows to tables"),
            )
        },
        scope_implies={  # quirk 7
            f"{AUTH}/{wide}": tuple(f"{AUTH}/{narrow}" for narrow in narrower.split())
            for wide, narrower in {
                "gmail.modify": "gmail.readonly gmail.send gmail.compose",
                "gmail.compose": "gmail.send",
                "calendar": "calendar.readonly calendar.events",
                "drive": "drive.readonly drive.file",
                "documents": "documents.readonly",
                "spreadsheets": "spreadsheets.readonly",
                "tasks": "tasks.readonly",
                "contacts": "contacts.readonly",
                "bigquery": "bigquery.insertdata",
            }.items()
        },
        extra_authorize_params={"access_type": "offline", "prompt": "consent"},  # quirk 1
        supports_refresh=True,
        refresh_rotation="none",
        approval_codes=frozenset({"admin_policy_enforced", "access_not_configured"}),  # quirk 6
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://openidconnect.googleapis.com/v1/userinfo",
            id="sub",
            label=("email", "name"),
            metadata={"name": "name"},
        ),
        api_base_url="https://www.googleapis.com",
        api_hosts=tuple(f"{product}.googleapis.com" for product in PRODUCTS),
    )
