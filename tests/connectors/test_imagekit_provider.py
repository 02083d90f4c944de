"""ImageKit's contract, by imagekit.io/docs (API overview) and the tests of its own libraries."""

from gateway.testing import KeyContract, ToolContract


class TestImageKit(KeyContract):
    connector = "imagekit"
    refusals = ((401, {"message": "Missing private key."}),)
    unclear = ((403, {"message": "You do not have permission to perform this operation."}),)
    # The public key, a private one that is hidden in part, and one that is too long.
    refused_inputs = {
        "private_key": (
            "public_Sandbox1Ana0123456789abc=",
            "private_***abc=",
            f"private_{'a' * 101}=",
        )
    }


class TestImageKitTools(ToolContract):
    connector = "imagekit"
