"""Doppler's contract, by docs.doppler.com/reference (token formats, me)."""

from gateway.testing import KeyContract


class TestDoppler(KeyContract):
    connector = "doppler"
    account = ("1a2b3c4d5e:1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809", "Acme: Gateway")
    # Tokens of the command line and of SCIM, and one that is too long.
    refused_inputs = {
        "key": (
            "dp.ct.0123456789abcdefghijABCDEFGHIJ0123456789ab",
            "dp.scim.0123456789abcdefghijABCDEFGHIJ0123456789ab",
            f"dp.pt.{'a' * 45}",
        )
    }
