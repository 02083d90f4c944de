"""``tests/long.txt``: what `make test` leaves to `make test-all`."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import LONG

TESTS = Path(__file__).parent


def test_each_line_is_a_file_or_folder_of_tests_in_order_and_once() -> None:
    assert [name for name in LONG if not (TESTS / name).exists()] == []
    assert list(LONG) == sorted({*LONG})
