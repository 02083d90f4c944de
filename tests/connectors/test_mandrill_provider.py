"""Mandrill's contract, by mailchimp.com/developer/transactional (users/ping2)."""

from gateway.testing import KeyContract


class TestMandrill(KeyContract):
    connector = "mandrill"
    # A key of the marketing API ends with its data centre.
    refused_inputs = {"key": ("0123456789abcdef0123456789abcdef-us6", "md-short", "a" * 65)}
