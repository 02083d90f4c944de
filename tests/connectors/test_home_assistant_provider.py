"""Home Assistant's contract, by developers.home-assistant.io/docs/api/rest."""

from gateway.testing import KeyContract


class TestHomeAssistant(KeyContract):
    connector = "home-assistant"
    account = ("ana0sandbox0123456789abc", "Home ana0sandbox0123456789abc")
    accepted_inputs = {
        "home": {"https://ana0sandbox0123456789abc.ui.nabu.casa/": "ana0sandbox0123456789abc"}
    }
    # A home in the local network, a name that no host has, and no token.
    refused_inputs = {
        "home": ("homeassistant.local", "192.168.0.2", "a" * 64),
        "key": ("my-password", "a.b"),
    }
