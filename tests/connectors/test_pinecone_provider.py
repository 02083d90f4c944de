"""Pinecone's contract, by docs.pinecone.io (authentication, errors, describe_index_stats)."""

from gateway.testing import KeyContract

HOST = "acme-docs-a1b2c3d.svc.aped-4627-b74a.pinecone.io"


class TestPinecone(KeyContract):
    connector = "pinecone"
    account = (HOST, f"Index {HOST}")
    accepted_inputs = {"host": {f"https://{HOST.upper()}/": HOST}}
    refused_inputs = {
        "host": (
            "evil.example",
            "pinecone.io.evil.example",
            "a@b.pinecone.io",
            "a.pinecone.io:8443",
        ),
        "key": ("sk-proj-0123456789abcdefghij0123", "a" * 36 + "-", "a" * 39),
    }
