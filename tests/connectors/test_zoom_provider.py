"""Zoom's contract, by developers.zoom.us (Server-to-Server OAuth, OAuth error messages)."""

from gateway.testing import KeyContract


class TestZoom(KeyContract):
    connector = "zoom"
    accepted_inputs = {
        "account_id": {"Zy9xW8vU7tS6rQ5pO4nM3l": "Zy9xW8vU7tS6rQ5pO4nM3l"},
        "client_id": {"a1B2c3D4e5F6g7H8i9J0kL": "a1B2c3D4e5F6g7H8i9J0kL"},
    }
    refused_inputs = {
        "account_id": ("ana@acme.example", "a" * 65),
        "client_id": ("a" * 65,),
        "client_secret": ("short", "a" * 129),
    }
    refusals = ((400, {"error": "invalid_request"}), (400, {"error": "unsupported_grant_type"}))
