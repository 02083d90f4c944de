"""Leonardo.Ai's contract, by docs.leonardo.ai/reference (get user information)."""

from gateway.testing import KeyContract


class TestLeonardo(KeyContract):
    connector = "leonardo"
    account = ("user-ana", "Ana Diaz")
    # A key of another provider, and keys of another form.
    refused_inputs = {
        "key": (
            "sk-0123456789abcdefghij0123",
            "0123456789abcdef0123456789abcdef",
            "01234567-89ab-cdef-0123-456789abcdef0",
        )
    }
