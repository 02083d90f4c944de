"""incident.io's contract, by docs.incident.io (making requests, identity, errors)."""

from gateway.testing import KeyContract


class TestIncidentIo(KeyContract):
    connector = "incident-io"
    # The id of an incident.
    refused_inputs = {"key": ("INC-123", "inc_0123")}
