"""Codes of errors: labels of metrics and outcomes in the audit."""

from __future__ import annotations

import pytest

from connectors.errors import UnknownConnector
from gateway.errors import ConnectorRequired, FlowExpired, ProviderUnavailable, code_of


class ErrorOfAConnector(ConnectorRequired):
    """An error that a connector's own code may define."""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FlowExpired(), "flow_expired"),
        (ProviderUnavailable(), "provider_unavailable"),
        (UnknownConnector("canary"), "unknown_connector"),
        (ErrorOfAConnector("acme"), "connector_required"),
        (RuntimeError("canary"), "error"),
        (type("Canary", (Exception,), {})(), "error"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_an_error_is_a_code_of_ours(error: Exception, code: str) -> None:
    assert code_of(error) == code
