"""Datadog, by docs.datadoghq.com/api (authentication, validate API and application keys)."""

from connectors.sandbox import Refusal, key_provider

# Each site knows the organizations that live there, and no others.
_HOSTS = (
    "{us1=api.datadoghq.com|us3=api.us3.datadoghq.com|us5=api.us5.datadoghq.com"
    "|eu1=api.datadoghq.eu|ap1=api.ap1.datadoghq.com|ap2=api.ap2.datadoghq.com"
    "|us1-fed=api.ddog-gov.com}"
)

PROVIDER = key_provider(
    "datadog",
    title="Datadog",
    keys={
        "acme": {
            "site": "us1",
            "api_key": "2e7d2c03a9507ae265ecf5b5356885a5",
            "application_key": "18ac3e7343f016890c510e93f935261169d9e3f5",
        },
        "globex": {
            "site": "eu1",
            "api_key": "3f79bb7b435b05321651daefd374cdc6",
            "application_key": "252f10c83610ebca1a059c0bae8255eba2f95be4",
        },
        **{
            f"initech-{site}": {
                "site": site,
                "api_key": f"{number}e7d2c03a9507ae265ecf5b5356885a5",
                "application_key": f"{number}8ac3e7343f016890c510e93f935261169d9e3f5",
            }
            for number, site in enumerate(("us3", "us5", "ap1", "ap2", "us1-fed"), 5)
        },
    },
    headers={"dd-api-key": "{api_key}", "dd-application-key": "{application_key}"},
    refusal=Refusal(403, {"errors": ["Forbidden"]}),
    api={"/v2/validate_keys": lambda call: {"status": "ok"}},
    api_base=f"{_HOSTS}/api",
)
