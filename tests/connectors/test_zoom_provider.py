"""Zoom's contract, by developers.zoom.us (Server-to-Server OAuth, OAuth error messages)."""

from gateway.testing import KeyContract


class TestZoom(KeyContract):
    connector = "zoom"
    refused_inputs = {"account_id": ("ana@acme.example",), "client_secret": ("short",)}
