"""Grafana Cloud's contract, by grafana.com/docs (HTTP API: authentication, access control)."""

from gateway.testing import KeyContract


class TestGrafana(KeyContract):
    connector = "grafana"
    account = ("acme", "acme.grafana.net")
    accepted_inputs = {"stack": {"https://Acme.grafana.net/": "acme"}}
    # Other hosts in disguise, and a policy token of grafana.com.
    refused_inputs = {
        "stack": ("acme.evil.example", "acme/..", "a@b"),
        "key": ("glc_0123456789abcdefghijABCDEFGHIJ01_0123abcd",),
    }
