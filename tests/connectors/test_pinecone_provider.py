"""Pinecone's contract, by docs.pinecone.io (authentication, errors, describe_index_stats)."""

from gateway.testing import KeyContract


class TestPinecone(KeyContract):
    connector = "pinecone"
    account = (
        "acme-docs-a1b2c3d.svc.aped-4627-b74a.pinecone.io",
        "acme-docs-a1b2c3d.svc.aped-4627-b74a.pinecone.io",
    )
    accepted_inputs = {"host": {f"https://{account[0].upper()}/": account[0]}}
    refused_inputs = {
        "host": (
            "evil.example",
            "pinecone.io.evil.example",
            "a@b.pinecone.io",
            "a.pinecone.io:8443",
        ),
        "key": ("sk-proj-0123456789abcdefghij0123", "a" * 36 + "-", "a" * 39),
    }
