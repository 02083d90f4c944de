"""Shippo's contract, by docs.goshippo.com (authentication, carrier parcel templates)."""

from gateway.testing import KeyContract


class TestShippo(KeyContract):
    connector = "shippo"
    refusals = ((403, {"detail": "Invalid token"}),)
    # A token of an older form, and one of an OAuth app.
    refused_inputs = {"key": ("1a2b3c4d5e6f708192a3b4c5d6e7f80912345678", "oauth.1a2b3c4d")}
