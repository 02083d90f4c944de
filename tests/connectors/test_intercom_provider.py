"""Intercom's contract, by its guide "Setting up OAuth" and its OpenAPI file."""

from gateway.errors import UnreadableResponse
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, Person, documented

APP = {"type": "app", "id_code": "abc123", "name": "Acme", "region": "US"}
ANA = {"type": "admin", "id": "660001", "email": "ana@acme.com", "email_verified": True, "app": APP}
REFUSED = {"type": "error.list", "errors": [{"code": "unauthorized", "message": "…"}]}


class TestIntercom(ConnectorContract):
    connector = "intercom"
    scopes = ()
    people = (
        Person(account="ac-660001", typed={"region": "us"}),
        Person(account="ac-660002", typed={"region": "us"}),
    )
    accepted_inputs = {"region": {"us": "us", "eu": "eu", " EU ": "eu", "au": "au"}}
    refused_inputs = {"region": ("", "mars", "api.eu.intercom.io", "eu.evil")}
    exchange = documented({"token_type": "Bearer", "token": "dG9rFAKE", "access_token": "dG9rFAKE"})
    accounts = {
        ("abc123:660001", "Acme (ana@acme.com)"): {"api.intercom.io/me": ANA},
        ("abc123:660001", "Acme"): AccountSample(
            {"api.eu.intercom.io/me": ANA | {"email": None}}, typed={"region": "eu"}
        ),
        ("abc123:660001", "abc123:660001"): AccountSample(
            {"api.au.intercom.io/me": {"id": "660001", "app": {"id_code": "abc123"}}},
            typed={"region": "au"},
        ),
    }
    refusals = (ErrorSample(401, REFUSED, UnreadableResponse),)
    gaps = {
        "a wrong client secret is the operator's to mend": (
            "Intercom does not document how it refuses a wrong secret"
        )
    }
