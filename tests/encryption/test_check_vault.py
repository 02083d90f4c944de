"""A vault that does not open what it seals makes its process not ready."""

from __future__ import annotations

import pytest

from connectors.secret import Secret
from gateway.encryption.key_check import check_vault
from gateway.encryption.places import Place
from gateway.encryption.vault import Vault, new_encryption_key, read_encryption_keys
from gateway.errors import NotReady, VaultError

KEYS = read_encryption_keys(f"k2:{new_encryption_key()},k1:{new_encryption_key()}")


class Forgetful(Vault):
    """A vault that opens nothing."""

    def open(self, sealed: bytes, place: Place) -> Secret:
        raise VaultError("a canary")


class Careless(Vault):
    """A vault that opens something else."""

    def open(self, sealed: bytes, place: Place) -> Secret:
        return Secret("something else")


def test_a_vault_with_working_keys_passes() -> None:
    check_vault(Vault(KEYS))


@pytest.mark.parametrize("broken", [Forgetful, Careless])
def test_vault_that_does_not_open_its_own_values_is_not_ready(broken: type[Vault]) -> None:
    with pytest.raises(NotReady) as caught:
        check_vault(broken(KEYS))
    assert str(caught.value) == "its encryption keys do not open what they seal"
