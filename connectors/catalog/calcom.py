"""Cal.com OAuth connector, for app.cal.com.

Quirks:
1. Each group of the API's calls has a version of its own in ``cal-api-version``: a tool names it.
2. Access tokens live for half an hour.
3. Bookings can be made, and free slots be seen, without any scope: for guests they are public.
4. There is no revocation endpoint; people remove the app in their settings.
5. A key of a person's own opens the same API.

Console: settings, developer, OAuth. Cal.com reviews each client before it works; choose its scopes
there.

Unconfirmed: whether a used refresh token goes on working; the gateway uses none twice.

Scopes: ``PROFILE_READ`` lets the account be read, ``EVENT_TYPE_READ`` what can be booked.
"""

from datetime import date

from connectors import (
    ConnectionInput,
    ConnectorConfig,
    Env,
    KeyMethod,
    ScopeSet,
    Verify,
    account_lookup,
    app,
)

ME = "https://api.cal.com/v2/me"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("calcom", env),
        display_name="Cal.com",
        description="Scheduling with Cal.com: see free slots of an event type and book one.",
        category="productivity",
        alias="cal-com",
        docs_url="https://cal.com/docs/api-reference/v2/oauth",
        console_url="https://app.cal.com/settings/developer/oauth",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.cal.com/auth/oauth2/authorize",
        token_url="https://api.cal.com/v2/auth/oauth2/token",
        scopes=("PROFILE_READ", "EVENT_TYPE_READ"),
        scope_sets={
            "bookings": ScopeSet(
                title="Bookings",
                sentence="See your bookings and change them",
                scopes=("BOOKING_READ", "BOOKING_WRITE"),
            )
        },
        body_format="json",
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url=ME, id="data.id", label=("data.email", "data.username")
        ),
        key=KeyMethod(  # quirk 5
            inputs={
                "key": ConnectionInput(
                    title="API key",
                    description="A key of your account. It begins with cal_.",
                    example="cal_live_0123456789abcdef0123456789abcdef",
                    pattern=r"cal_[a-zA-Z0-9_]{16,100}",
                    secret=True,
                    where="https://app.cal.com/settings/developer/api-keys",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(url=ME, refused_statuses=(401,)),
            account=account_lookup(id="data.id", label="data.email"),
        ),
        api_base_url="https://api.cal.com/v2",
    )
