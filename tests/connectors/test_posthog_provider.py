"""PostHog's contract, by posthog.com/docs/api (authentication, users, errors)."""

from gateway.testing import KeyContract


class TestPostHog(KeyContract):
    connector = "posthog"
    account = ("1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809", "ana@acme.example")
    unclear = ((403, {"type": "authentication_error", "code": "permission_denied"}),)
    # A host that only takes events, the key of a project, and a personal key that is too long.
    refused_inputs = {
        "region": ("us.i",),
        "key": ("phc_0123456789abcdefghijABCDEFGHIJ0123456789abc", f"phx_{'a' * 61}"),
    }
