"""Bitwarden's contract, by bitwarden.com/help/public-api (authentication, endpoints)."""

from gateway.testing import KeyContract


class TestBitwarden(KeyContract):
    connector = "bitwarden"
    account = (
        "organization.1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809",
        "organization.1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809 (us)",
    )
    # The credentials of a person, which open no organization; secrets that are too short or long.
    refused_inputs = {
        "region": ("bitwarden.com",),
        "client_id": ("user.1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809",),
        "client_secret": ("organization.1a2b3c4d", "short", "a" * 61),
    }
