"""The vault: values that open, and values that do not (security E1 to E3)."""

from __future__ import annotations

import base64
import dataclasses
import itertools
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.secret import Secret
from gateway.encryption.places import Place
from gateway.encryption.vault import Vault, new_encryption_key, read_encryption_keys
from gateway.errors import SettingsError, VaultError

VALUE = "ntn_canary-7Qm2-refresh-token"
PLACE = Place(
    collection="connections",
    tenant="default",
    owner="user:u_1",
    connector="notion",
    row="con_1",
    field="refresh_token",
    generation=7,
)
ELSEWHERE: dict[str, Any] = {
    "collection": "oauth_state",
    "tenant": "acme",
    "owner": "user:u_2",
    "connector": "google",
    "row": "con_2",
    "field": "access_token",
    "generation": 6,
}
OLD, NEW = os.urandom(32), os.urandom(32)


@pytest.fixture
def vault() -> Vault:
    return Vault({"k1": OLD})


@pytest.mark.parametrize("value", [VALUE, "", "é🚀\x00", "x" * 100_000], ids=len)
def test_sealed_value_opens_in_its_place(vault: Vault, value: str) -> None:
    assert vault.open(vault.seal(Secret(value), PLACE), PLACE) == Secret(value)


@pytest.mark.requirement("E1")
def test_a_sealed_value_shows_nothing_of_the_secret(vault: Vault) -> None:
    """Not as it is, and not in a usual encoding."""
    sealed = vault.seal(Secret(VALUE), PLACE)
    for encoding in (bytes, base64.b64encode, bytes.hex, lambda raw: raw[::-1]):
        shown = encoding(VALUE.encode())
        assert (shown.encode() if isinstance(shown, str) else shown) not in sealed
    assert OLD not in sealed


@pytest.mark.requirement("E1")
def test_the_same_secret_is_sealed_differently_each_time(vault: Vault) -> None:
    """A repeated nonce under one encryption key would reveal the secrets."""
    sealed = {vault.seal(Secret(VALUE), PLACE) for _ in range(1000)}
    assert len({value[4:16] for value in sealed}) == 1000


@pytest.mark.requirement("E2")
@pytest.mark.parametrize("field", sorted(ELSEWHERE))
def test_a_sealed_value_does_not_open_in_any_other_place(vault: Vault, field: str) -> None:
    """Another row, field, tenant, person, connector, collection, or an earlier generation."""
    sealed = vault.seal(Secret(VALUE), PLACE)
    other = dataclasses.replace(PLACE, **{field: ELSEWHERE[field]})
    with pytest.raises(VaultError, match="was changed or does not belong to this place") as caught:
        vault.open(sealed, other)
    assert VALUE not in str(caught.value)
    with pytest.raises(VaultError):
        vault.open(vault.seal(Secret(VALUE), other), PLACE)


def test_every_part_of_a_place_is_tried_above() -> None:
    assert {field.name for field in dataclasses.fields(Place)} == set(ELSEWHERE)


@pytest.mark.requirement("E2")
def test_two_values_that_were_swapped_open_nowhere(vault: Vault) -> None:
    """Access for refresh, and one person's row for another's."""
    places = [
        dataclasses.replace(PLACE, row=row, field=field)
        for row, field in itertools.product(("con_1", "con_2"), ("access_token", "refresh_token"))
    ]
    sealed = [vault.seal(Secret(VALUE), place) for place in places]
    for (here, value), (there, place) in itertools.product(enumerate(sealed), enumerate(places)):
        if here == there:
            assert vault.open(value, place) == Secret(VALUE)
        else:
            with pytest.raises(VaultError):
                vault.open(value, place)


PLACES = st.builds(
    Place,
    collection=st.text(),
    tenant=st.text(),
    owner=st.text(),
    connector=st.text(),
    row=st.text(),
    field=st.text(),
    generation=st.integers(),
)


@pytest.mark.requirement("E2")
@given(one=PLACES, other=PLACES)
def test_no_two_places_look_alike(one: Place, other: Place) -> None:
    """No choice of names moves a part of one into the next."""
    assert (one.encoded() == other.encoded()) is (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "b"), ("a,b", "")),
        (('a","b', ""), ("a", 'b","')),
        (('"', "\\"), ("\\", '"')),
        (("", "ab"), ("ab", "")),
    ],
)
def test_names_that_look_like_separators_do_not_move(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    first, second = (
        dataclasses.replace(PLACE, tenant=tenant, owner=owner) for tenant, owner in (one, other)
    )
    assert first.encoded() != second.encoded()


@pytest.mark.requirement("E2")
def test_no_byte_can_be_changed_added_or_removed(vault: Vault) -> None:
    """version, key id, nonce, ciphertext and tag."""
    sealed = vault.seal(Secret(VALUE), PLACE)
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(VaultError):
            vault.open(bytes(changed), PLACE)
        with pytest.raises(VaultError):
            vault.open(sealed[:position], PLACE)
    with pytest.raises(VaultError):
        vault.open(sealed + b"\x00", PLACE)


@pytest.mark.requirement("E4")
@given(sealed=st.binary(max_size=80))
def test_any_other_bytes_are_a_vault_error(sealed: bytes) -> None:
    """One row's error, and no crash."""
    vault = Vault({"k1": OLD})
    for start in (b"", b"\x01", b"\x01\x02k1"):
        with pytest.raises(VaultError):
            vault.open(start + sealed, PLACE)


@pytest.mark.requirement("E3")
def test_the_first_key_seals_and_every_key_opens() -> None:
    """Rotation is adding a key in front; processes with either order understand each other."""
    before, during, after = Vault({"k1": OLD}), Vault({"k2": NEW, "k1": OLD}), Vault({"k2": NEW})
    old, new = before.seal(Secret(VALUE), PLACE), during.seal(Secret(VALUE), PLACE)
    assert (old[2:4], new[2:4]) == (b"k1", b"k2")
    assert during.open(old, PLACE) == during.open(new, PLACE) == Secret(VALUE)
    assert after.open(new, PLACE) == Secret(VALUE)


@pytest.mark.requirement("E4")
def test_an_unknown_key_is_said_to_be_unknown() -> None:
    """An operator must be able to tell a lost encryption key from a tampered value."""
    sealed = Vault({"k1": OLD}).seal(Secret(VALUE), PLACE)
    with pytest.raises(VaultError, match="is not configured"):
        Vault({"k2": OLD}).open(sealed, PLACE)


@pytest.mark.requirement("E4")
def test_another_key_of_the_same_name_opens_nothing() -> None:
    sealed = Vault({"k1": OLD}).seal(Secret(VALUE), PLACE)
    with pytest.raises(VaultError, match="was changed or does not belong"):
        Vault({"k1": NEW}).open(sealed, PLACE)


@pytest.mark.requirement("E1")
def test_a_vault_needs_a_key() -> None:
    """There is no default one."""
    with pytest.raises(SettingsError, match="at least one encryption key"):
        Vault({})


def test_a_new_key_is_read_back() -> None:
    keys = read_encryption_keys(f" k2:{new_encryption_key()} ,k1:{new_encryption_key()},")
    assert list(keys) == ["k2", "k1"]  # in their order: the first seals
    assert {len(key) for key in keys.values()} == {32}
    assert keys["k1"] != keys["k2"]


@pytest.mark.parametrize("number", range(20))
def test_keys_are_read_in_both_alphabets_of_base64(number: int) -> None:
    raw = bytes([250 + number % 6]) * 32
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert read_encryption_keys(f"k1:{encode(raw).decode()}") == {"k1": raw}


CANARY = base64.b64encode(b"canary-key-that-must-not-show-31").decode()


@pytest.mark.requirement("E1", "J1")
@pytest.mark.parametrize(
    "entry",
    [
        CANARY,
        f":{CANARY}",
        f"k 1:{CANARY}",
        f"{'k' * 33}:{CANARY}",
        f"kä:{CANARY}",
        f"k1;{CANARY}",
        f"k1:{CANARY[:-4]}",
        f"k1:{CANARY}AAAA",
        f"k1:{CANARY[:-1]}",
        f"k1:{CANARY[:-2]}ü=",
        f"k1:{CANARY[:-2]} =",
        f"k1: {CANARY}",
        f"k1:{CANARY}:x",
        "k1:",
        "k1",
    ],
)
def test_a_wrong_entry_is_named_by_its_number_and_never_shown(entry: str) -> None:
    """The message ends in a terminal, a log, or a ticket."""
    with pytest.raises(SettingsError) as caught:
        read_encryption_keys(f"k0:{new_encryption_key()},{entry}")
    message = str(caught.value)
    assert message.startswith("GATEWAY_ENCRYPTION_KEYS: entry 2 is not `id:key`")
    assert CANARY[:8] not in message
    assert caught.value.__cause__ is None


@pytest.mark.requirement("E3")
def test_a_key_id_that_comes_twice_is_refused() -> None:
    """Which of the two would open the old rows?"""
    with pytest.raises(SettingsError, match="the id of entry 2 is used twice"):
        read_encryption_keys(f"k1:{new_encryption_key()},k1:{new_encryption_key()}")


@pytest.mark.parametrize("text", ["", " ", ",", " , ,"])
def test_no_entry_is_no_key(text: str) -> None:
    assert read_encryption_keys(text) == {}
