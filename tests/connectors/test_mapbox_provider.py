"""Mapbox' contract, by docs.mapbox.com/api/accounts/tokens (retrieve a token)."""

from gateway.testing import KeyContract


class TestMapbox(KeyContract):
    connector = "mapbox"
    account = ("anadiaz", "Mapbox anadiaz")
    refusals = (
        (200, {"code": "TokenMalformed"}),
        (200, {"code": "TokenExpired"}),
        (200, {"code": "TokenRevoked"}),
        (401, {"message": "Not Authorized - Invalid Token"}),
    )
    # A temporary token, and one whose signature is too long.
    refused_inputs = {
        "key": ("tk.eyJ1IjoiYW5hIn0.Sandbox1Ana0123456789", f"sk.eyJ1IjoiYW5hIn0.{'a' * 101}")
    }
