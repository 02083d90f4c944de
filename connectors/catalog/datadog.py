"""Datadog connector: a pasted API key and application key.

Quirks:
1. An organization lives at one site, each with a host of its own; its keys are unknown elsewhere.
2. Reading needs both keys. ``/api/v1/validate`` looks at the API key alone, so both are checked by
   ``/api/v2/validate_keys``.
3. The answer names no account.

Console: organization settings, API keys and application keys.

Scopes: none are requested. An application key may have scopes, and validation needs none.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify

SITES = {  # quirk 1
    "us1": ("US1 (app.datadoghq.com)", "api.datadoghq.com"),
    "us3": ("US3 (us3.datadoghq.com)", "api.us3.datadoghq.com"),
    "us5": ("US5 (us5.datadoghq.com)", "api.us5.datadoghq.com"),
    "eu1": ("EU1 (app.datadoghq.eu)", "api.datadoghq.eu"),
    "ap1": ("AP1 (ap1.datadoghq.com)", "api.ap1.datadoghq.com"),
    "ap2": ("AP2 (ap2.datadoghq.com)", "api.ap2.datadoghq.com"),
    "us1-fed": ("US1-FED (app.ddog-gov.com)", "api.ddog-gov.com"),
}


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="datadog",
        display_name="Datadog",
        description="Monitoring: metrics, logs, monitors and incidents of your systems.",
        category="devtools",
        docs_url="https://docs.datadoghq.com/api/latest/authentication/",
        console_url="https://app.datadoghq.com/organization-settings/api-keys",
        checked_on=date(2026, 11, 29),
        api_base_url="https://${site.api}/api",
        key=KeyMethod(
            inputs={
                "site": ConnectionInput(
                    title="Site",
                    description="The address at which you use Datadog.",
                    choices={n: {"title": title, "api": api} for n, (title, api) in SITES.items()},
                ),
                "api_key": ConnectionInput(
                    title="API key",
                    description="The key of your organization at this site.",
                    example="0123456789abcdeffedcba9876543210",
                    pattern=r"[0-9a-f]{32}",
                    secret=True,
                    where="Organization settings, API keys.",
                ),
                "application_key": ConnectionInput(
                    title="Application key",
                    description="Your own key. It can do what you can do.",
                    example="0123456789abcdef0123456789abcdef01234567",
                    pattern=r"[A-Za-z0-9_]{40,64}",
                    secret=True,
                    where="Organization settings, Application keys.",
                ),
            },
            api_headers={"DD-API-KEY": "${api_key}", "DD-APPLICATION-KEY": "${application_key}"},
            verify=Verify(  # quirk 2
                url="https://${site.api}/api/v2/validate_keys", refused_statuses=(403,)
            ),
        ),
    )
