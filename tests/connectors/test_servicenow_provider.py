"""ServiceNow's contract, by servicenow.com/docs: authorization code grant workflow."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, Person, documented

ME = "acme.service-now.com/api/now/ui/user/current_user"
SYS_ID = "6816f79cc0a8016401c5a33be04be441"
TOKEN = documented(
    {
        "access_token": "FAKE",
        "refresh_token": "rFAKE",
        "scope": "useraccount",
        "token_type": "Bearer",
        "expires_in": 1799,
    }
)


class TestServiceNow(ConnectorContract):
    connector = "servicenow"
    scopes = ()
    people = (
        Person(account="sandbox0000000000000000000000ana", typed={"instance": "acme"}),
        Person(
            account="sandbox0000000000000000000000ana",
            typed={"instance": "https://Globex.service-now.com/"},
        ),
    )
    accepted_inputs = {
        "instance": dict.fromkeys(("acme", " ACME ", "https://acme.service-now.com/"), "acme")
        | {"dev-12345": "dev-12345"}
    }
    refused_inputs = {
        "instance": (
            "",
            "a" * 64,
            "-acme",
            "acme.example.com",
            "a b",
            "acme/x",
            "acme@evil.example",
        )
    }
    exchange = refresh = TOKEN
    accounts = {
        (f"acme:{SYS_ID}", "Ana Diaz (acme)"): {
            ME: {"result": {"user_sys_id": SYS_ID, "user_display_name": "Ana Diaz"}}
        },
        (f"acme:{SYS_ID}", "ana (acme)"): {
            ME: {"result": {"user_sys_id": SYS_ID, "user_name": "ana"}}
        },
    }
    refusals = (
        ErrorSample(
            401,
            {"error_description": "access_denied", "error": "server_error"},
            TokenRejected,
            on_refresh=True,
        ),
    )
    gaps = {
        "a wrong client secret is the operator's to mend": (
            "ServiceNow refuses a wrong secret and a dead token in the same words"
        )
    }
