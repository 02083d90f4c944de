"""Grafana Cloud's contract, by grafana.com/docs (HTTP API: authentication, access control)."""

from gateway.testing import KeyContract


class TestGrafana(KeyContract):
    connector = "grafana"
    account = ("acme", "acme.grafana.net")
    accepted_inputs = {"stack": {"https://Acme.grafana.net/": "acme"}}
    # Other hosts in disguise, a name that is too long for one, and a policy token of grafana.com.
    refused_inputs = {
        "stack": ("acme.evil.example", "acme/..", "a@b", "a" * 64),
        "key": ("glc_0123456789abcdefghijABCDEFGHIJ01_0123abcd",),
    }
