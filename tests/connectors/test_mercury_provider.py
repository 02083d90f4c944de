"""Mercury's contract, by docs.mercury.com (getting started, sandbox)."""

from gateway.testing import KeyContract, ToolContract


class TestMercury(KeyContract):
    connector = "mercury"
    account = ("0bb1d8e3-8978-11ea-b41a-63f7ad00aaaa", "Diaz Inc.")
    # Another environment, a token without its prefix, one that was hidden in part.
    refused_inputs = {
        "environment": ("production", "api.mercury.com"),
        "key": (
            "mercury_production_wma_0123456789abcdefghij_yrucrem",
            "secret-token:mercury_production_wma_…_yrucrem",
            "secret-token:mercury_staging_wma_0123456789abcdefghij",
            f"secret-token:mercury_production_{'a' * 121}",
        ),
    }
    unclear = ((403, {"errors": {"message": "insufficient scope"}}),)


class TestMercuryTools(ToolContract):
    connector = "mercury"
