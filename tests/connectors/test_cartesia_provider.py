"""Cartesia's contract, by docs.cartesia.ai (make an API request, list voices)."""

from gateway.testing import KeyContract


class TestCartesia(KeyContract):
    connector = "cartesia"
    # A key of another provider, one that is too short, and one that is too long.
    refused_inputs = {
        "key": ("sk-proj-0123456789abcdefghij", "sk_car_" + "a" * 15, "sk_car_" + "a" * 201)
    }
    unclear = ((402, {"error": "The plan has no credits left"}),)
