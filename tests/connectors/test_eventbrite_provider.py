"""Eventbrite's contract. Source: eventbrite.com/platform/api, authentication and users."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "www.eventbriteapi.com/v3/users/me/"
ANA = {"id": "163054428874", "name": "Ana Diaz", "first_name": "Ana"}
OTHER = {"email": "other@acme.example", "verified": True, "primary": False}
PRIMARY = {"email": "ana@acme.example", "verified": True, "primary": True}


class TestEventbrite(ConnectorContract):
    connector = "eventbrite"
    scopes = ()
    exchange = documented({"access_token": "PIOFAKE", "token_type": "bearer"})
    accounts = {
        ("163054428874", "ana@acme.example"): {ME: {**ANA, "emails": [OTHER, PRIMARY]}},
        ("163054428874", "Ana Diaz"): {ME: {**ANA, "emails": []}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
