"""Contracts for connectors: what each of them must do, proven against its simulated provider.

Public: third parties use it for connectors of their own. See docs/adding-a-connector.md.
"""

from __future__ import annotations

from gateway.testing.contract import ConnectorContract, KeyContract
from gateway.testing.expectations import AccountSample, ErrorSample, Person, Probe, documented
from gateway.testing.tool_contract import ToolContract

__all__ = [
    "AccountSample",
    "ConnectorContract",
    "ErrorSample",
    "KeyContract",
    "Person",
    "Probe",
    "ToolContract",
    "documented",
]
