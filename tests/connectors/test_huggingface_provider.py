"""Hugging Face's contract, by huggingface.co/docs/hub (access tokens, whoami-v2)."""

from gateway.testing import KeyContract


class TestHuggingFace(KeyContract):
    connector = "huggingface"
    account = ("6500000000000000000000a1", "anadiaz")
    # A token of an organization, which the Hub no longer issues, one with a gap, a long one.
    refused_inputs = {
        "key": (
            "api_org_0123456789abcdefghijABCDEFGHIJabcd",
            "hf_012345 6789abcdefghijABCDEFGHIJabcd",
            f"hf_{'a' * 101}",
        )
    }
