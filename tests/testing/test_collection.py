"""An unfinished contract fails under pytest, and skips nothing."""

from __future__ import annotations

import pytest

from gateway.testing.checks import CHECKS

pytest_plugins = ["pytester"]

UNFINISHED = """
from gateway.testing import ConnectorContract


class TestGoogle(ConnectorContract):
    connector = "google"
    gaps = {check: "later" for check in ("a person connects", "its header is complete")}
"""


def test_missing_data_fails_every_check_and_skips_none(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_google_unfinished=UNFINISHED)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-q")
    assert result.parseoutcomes() == {"failed": len(CHECKS)}
    result.stdout.fnmatch_lines(["*ContractViolation: TestGoogle does not give scopes*"])
