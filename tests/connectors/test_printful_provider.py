"""Printful's contract, by developers.printful.com/docs (authorization, OAuth scopes, errors)."""

from gateway.testing import KeyContract, ToolContract


class TestPrintful(KeyContract):
    connector = "printful"
    accepted_inputs = {"store_id": {"": ""}}
    # One that is cut off, one that is too long; the name of a store, and a number that is none.
    refused_inputs = {"key": ("Sandbox1…", "a" * 201), "store_id": ("acme", "1" * 13)}


class TestPrintfulTools(ToolContract):
    connector = "printful"
