"""Mux's contract, by mux.com/docs (make API requests) and the library muxinc/mux-node-sdk."""

from gateway.testing import KeyContract, ToolContract


class TestMux(KeyContract):
    connector = "mux"
    account = ("env1", "Acme, Production")
    refusals = ((401, {"error": {"type": "unauthorized", "messages": ["Unauthorized request"]}}),)
    unclear = ((403, {"error": {"type": "forbidden", "messages": ["Forbidden"]}}),)
    # The secret instead of the id, and the id instead of the secret with something behind it.
    refused_inputs = {
        "token_id": ("Sandboxana0123456789abcdefghij+/0123456789",),
        "token_secret": ("1ea0b2c4-5d6e", "a" * 201),
    }


class TestMuxTools(ToolContract):
    connector = "mux"
