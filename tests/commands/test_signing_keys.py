"""``gateway signing-keys``: list the published keys, and replace the one that signs."""

from __future__ import annotations

import pytest

from gateway.__main__ import main

pytestmark = pytest.mark.usefixtures("deployment")


def test_the_key_is_replaced_and_the_old_one_still_verifies(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["signing-keys", "list"]) == 0
    (first,) = capsys.readouterr().out.splitlines()
    old, _, state = first.partition("  ")
    assert state == "signs"

    assert main(["signing-keys", "rotate"]) == 0
    new = capsys.readouterr().out.partition(" ")[0]
    assert new != old
    assert main(["signing-keys", "list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{new}  signs",
        f"{old}  verifies until its tokens ended",
    ]
