"""Razorpay's contract, by razorpay.com/docs/api (authentication, items, errors)."""

from gateway.testing import KeyContract


class TestRazorpay(KeyContract):
    connector = "razorpay"
    account = ("rzp_test_Ana1AbCdEf0123", "Key rzp_test_Ana1AbCdEf0123")
    # The id of a merchant, and secrets that are hidden in part or too long.
    refused_inputs = {
        "key_id": ("acc_AbCdEf01234567",),
        "key_secret": ("****************KlMn", "a" * 41),
    }
