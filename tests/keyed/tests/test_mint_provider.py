"""Mint's contract, invented."""

from pathlib import Path

from gateway.testing import KeyContract


class TestMint(KeyContract):
    folder = Path(__file__).parents[1]
    connector = "mint"
    account = ("m1", "Ana")
