"""SendGrid's contract, by twilio.com/docs/sendgrid/api-reference (scopes, API keys, mail send)."""

from gateway.testing import KeyContract, ToolContract


class TestSendGrid(KeyContract):
    connector = "sendgrid"
    # A hidden key, Resend's key, one without its last character, and one with one more.
    refused_inputs = {
        "region": ("us",),
        "key": ("SG.…e8f2", f"re_{'a' * 66}", f"SG.{'a' * 65}", f"SG.{'a' * 67}"),
    }
    unclear = ((403, {"errors": [{"message": "access forbidden", "field": None, "help": None}]}),)


class TestSendGridTools(ToolContract):
    connector = "sendgrid"
