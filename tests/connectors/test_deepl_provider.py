"""DeepL's contract, by developers.deepl.com (authentication, usage and quota, errors)."""

from gateway.testing import KeyContract


class TestDeepL(KeyContract):
    connector = "deepl"
    unclear = ((456, {"message": "Quota exceeded"}),)
    # One with another end.
    refused_inputs = {
        "plan": ("api.deepl.com",),
        "key": ("1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809:px",),
    }
