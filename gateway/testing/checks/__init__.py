"""Everything that a contract demands, from the cheapest to the slowest."""

from __future__ import annotations

from gateway.testing.checks.check import Check
from gateway.testing.checks.description import DESCRIPTION
from gateway.testing.checks.economy import ECONOMY
from gateway.testing.checks.journey import JOURNEY
from gateway.testing.checks.keys import KEYS
from gateway.testing.checks.record import KEY_RECORD, RECORD
from gateway.testing.checks.refusals import REFUSALS
from gateway.testing.checks.samples import SAMPLES

CHECKS: tuple[Check, ...] = (*DESCRIPTION, *SAMPLES, *JOURNEY, *REFUSALS, *ECONOMY, *RECORD)
"""Every check of a connector with OAuth, each with a unique name."""

KEY_CHECKS: tuple[Check, ...] = (*KEYS, *KEY_RECORD)
"""Every check of a connector with a pasted key."""
