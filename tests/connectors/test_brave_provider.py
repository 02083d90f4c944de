"""Brave Search's contract, by api-dashboard.search.brave.com (api-reference/web/search, images)."""

from gateway.testing import KeyContract, ToolContract


class TestBrave(KeyContract):
    connector = "brave"
    # A hidden key, one with a header's name, and one that is too long.
    refused_inputs = {"key": ("BSA…a6b1c", "X-Subscription-Token: BSA0123456789", "a" * 101)}
    unclear = (
        (422, {"type": "ErrorResponse", "error": {"code": "VALIDATION", "status": 422}}),
        (403, {"type": "ErrorResponse", "error": {"code": "RESOURCE_NOT_ALLOWED"}}),
    )


class TestBraveTools(ToolContract):
    connector = "brave"
