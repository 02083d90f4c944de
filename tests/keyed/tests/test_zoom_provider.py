"""Zoom's contract, by developers.zoom.us (Server-to-Server OAuth, OAuth error messages)."""

from pathlib import Path

from gateway.testing import KeyContract


class TestZoom(KeyContract):
    folder = Path(__file__).parents[1]
    connector = "zoom"
    refused_inputs = {"account_id": ("ana@acme.example",), "client_secret": ("short",)}
