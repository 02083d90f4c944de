"""WorkOS' contract, by workos.com/docs/reference (API authentication, errors)."""

from gateway.testing import KeyContract


class TestWorkOS(KeyContract):
    connector = "workos"
    # The client id, and a key that is too long.
    refused_inputs = {"key": ("client_01HXYZ0123456789ABCDEFGHJK", f"sk_{'a' * 201}")}
