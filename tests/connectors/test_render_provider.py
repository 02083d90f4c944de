"""Render's contract, by api-docs.render.com (authentication, list workspaces)."""

from gateway.testing import KeyContract


class TestRender(KeyContract):
    connector = "render"
    # The address of a deploy hook.
    refused_inputs = {"key": ("https://api.render.com/deploy/srv-0123",)}
