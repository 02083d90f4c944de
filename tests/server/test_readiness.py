"""What a process says of itself when it is asked whether it is ready."""

from __future__ import annotations

import pytest

from connectors.secret import Secret
from gateway.encryption.vault import Place, Vault, new_key, read_keys
from gateway.errors import NotReady, VaultError
from gateway.server.readiness import Readiness

KEYS = read_keys(f"k2:{new_key()},k1:{new_key()}")


class Forgetful(Vault):
    """A vault that opens nothing."""

    def open(self, sealed: bytes, place: Place) -> Secret:
        raise VaultError("a canary")


class Careless(Vault):
    """A vault that opens something else."""

    def open(self, sealed: bytes, place: Place) -> Secret:
        return Secret("something else")


def test_a_process_with_working_keys_is_ready() -> None:
    Readiness().check(Vault(KEYS))


@pytest.mark.parametrize("broken", [Forgetful, Careless])
def test_keys_that_do_not_open_what_they_seal_are_noticed(broken: type[Vault]) -> None:
    with pytest.raises(NotReady) as caught:
        Readiness().check(broken(KEYS))
    assert str(caught.value) == "its encryption keys do not open what they seal"


def test_a_process_that_was_told_to_stop_is_not_ready_any_more() -> None:
    readiness = Readiness()
    readiness.stop()
    for _ in range(2):
        with pytest.raises(NotReady, match="shutting down"):
            readiness.check(Vault(KEYS))
