"""Freshdesk's contract, by developers.freshdesk.com/api (authentication, agents/me)."""

from gateway.testing import KeyContract


class TestFreshdesk(KeyContract):
    connector = "freshdesk"
    account = ("acme:82000001", "Ana Diaz (acme)")
    accepted_inputs = {"domain": {"https://Acme.freshdesk.com/": "acme"}}
    unclear = ((403, {"code": "access_denied", "message": "…"}),)
    # Other hosts in disguise, a name that is too long for one; a password with a space, a long key.
    refused_inputs = {
        "domain": ("acme.evil.example", "acme/..", "a@b", "a" * 64),
        "key": ("my secret password", "a" * 41),
    }
