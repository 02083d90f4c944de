"""Printful's contract, by developers.printful.com/docs (authorization, OAuth scopes, errors)."""

from gateway.testing import KeyContract, ToolContract


class TestPrintful(KeyContract):
    connector = "printful"
    accepted_inputs = {"store_id": {"": ""}}
    # One that is cut off, and the name of a store.
    refused_inputs = {"key": ("Sandbox1…",), "store_id": ("acme",)}


class TestPrintfulTools(ToolContract):
    connector = "printful"
