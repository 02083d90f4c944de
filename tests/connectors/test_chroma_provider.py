"""Chroma's contract, by docs.trychroma.com/cloud and Chroma's own source."""

from gateway.testing import KeyContract, ToolContract


class TestChroma(KeyContract):
    connector = "chroma"
    account = ("0f0e0d0c-0b0a-4009-8008-0000000000aa", "Docs")
    refused_inputs = {
        "tenant_id": ("default_tenant", "../tenants"),
        "database": ("two words", "a/b", "..", "a" * 129),
        "key": ("sk-0123456789abcdefghijABCDEFGHIJ", "ck-…GHIJ", f"ck-{'a' * 201}"),
    }
    refusals = ((403, {"error": "AuthError", "message": "Permission denied."}),)


class TestChromaTools(ToolContract):
    connector = "chroma"
