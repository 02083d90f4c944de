"""Cloudinary's contract, by cloudinary.com/documentation (Admin API and Upload API, overviews)."""

from gateway.testing import KeyContract, ToolContract


class TestCloudinary(KeyContract):
    connector = "cloudinary"
    account = ("acme-media", "acme-media (us)")
    accepted_inputs = {"region": {"": "us"}}
    refusals = ((401, {"error": {"message": "api_secret mismatch"}}),)
    # Another path, the secret in the place of the key, a key with its end cut off; each too long.
    refused_inputs = {
        "region": ("us2", "api.cloudinary.com"),
        "cloud_name": ("acme/../globex", "acme.media", "a", "a" * 101),
        "api_key": ("Sandbox1_abcdefghij-01234567", "12345", "1" * 21),
        "api_secret": ("112345678901234", "Sandbox1…", "a" * 61),
    }


class TestCloudinaryTools(ToolContract):
    connector = "cloudinary"
