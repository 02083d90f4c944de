"""Make's contract, by developers.make.com (authentication, API structure, users, errors)."""

from gateway.testing import KeyContract, ToolContract


class TestMake(KeyContract):
    connector = "make"
    account = ("1001", "Ana Diaz")
    unclear = ((403, {"message": "Forbidden"}),)
    # The zones of another product, and one that is cut off.
    refused_inputs = {"zone": ("eu1.make.celonis.com",), "key": ("1a2b3c4d",)}


class TestMakeTools(ToolContract):
    connector = "make"
