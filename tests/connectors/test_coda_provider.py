"""Coda's contract, by coda.io/developers/apis/v1 (authentication, whoami, errors)."""

from gateway.testing import KeyContract


class TestCoda(KeyContract):
    connector = "coda"
    account = ("ws-1a2b3c4d5e:ana@acme.example", "Ana Diaz")
    # The id of a doc.
    refused_inputs = {"key": ("AbCDeFGH",)}
