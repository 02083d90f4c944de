"""Render's contract, by api-docs.render.com (authentication, list workspaces)."""

from gateway.testing import KeyContract


class TestRender(KeyContract):
    connector = "render"
    # The address of a deploy hook, and a key that is too long.
    refused_inputs = {"key": ("https://api.render.com/deploy/srv-0123", f"rnd_{'a' * 61}")}
