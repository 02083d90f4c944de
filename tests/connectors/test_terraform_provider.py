"""HCP Terraform's contract, by developer.hashicorp.com (API overview, account)."""

from gateway.testing import KeyContract


class TestTerraform(KeyContract):
    connector = "terraform"
    account = ("user-AnA1a2b3c4d5e6f7", "anadiaz")
    # The id of a token, and tokens that are cut off or too long.
    refused_inputs = {
        "key": (
            "at-6y2nDf8pQ1rS3tUv",
            "AbCdEf01234567.atlasv1.",
            f"AbCdEf01234567.atlasv1.{'a' * 81}",
        )
    }
