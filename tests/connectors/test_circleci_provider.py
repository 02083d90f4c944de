"""CircleCI's contract, by circleci.com/docs/api/v2 (authentication, current user)."""

from gateway.testing import KeyContract


class TestCircleCi(KeyContract):
    connector = "circleci"
    account = ("1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809", "Ana Diaz")
    # A token of a project.
    refused_inputs = {
        "key": ("CCIPRJ_0123456789abcdefghijAB_0123456789abcdef0123456789abcdef01234567",)
    }
