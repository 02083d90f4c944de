"""n8n's contract, by docs.n8n.io/api (authentication, API reference: tags)."""

from gateway.testing import KeyContract, ToolContract


class TestN8n(KeyContract):
    connector = "n8n"
    account = ("acme", "acme.app.n8n.cloud")
    accepted_inputs = {"instance": {"https://Acme.app.n8n.cloud/": "acme"}}
    unclear = ((403, {"message": "Forbidden"}),)
    # Other hosts in disguise, a name that no host has, and no token.
    refused_inputs = {
        "instance": ("acme.evil.example", "acme/..", "a@b", "a" * 64),
        "key": ("my-password", "a.b"),
    }


class TestN8nTools(ToolContract):
    connector = "n8n"
