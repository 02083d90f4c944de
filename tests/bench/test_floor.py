"""The floors answer what the gateway answers, and only to its key: else their ratio says nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import anyio
import httpx
import pytest

from bench.floor import BARE_PATH, Facts
from bench.many import seed_many
from bench.measure import answers_of
from bench.processes import running_floor, running_gateway
from bench.seed import Place, Seeded, seed, token_path
from gateway.encryption.vault import new_encryption_key
from tests.support.loopback import LOOPBACK

USERS = 3


@dataclass(frozen=True)
class Setting:
    """A gateway and the floors, over the same seeded database."""

    seeded: Seeded
    gateway: str
    floor: str

    def ask(self, door: str, *, user: int = 0, key: str | None = None) -> httpx.Response:
        base = self.gateway if door == "v1" else self.floor
        return LOOPBACK.post(
            base + token_path(door=door),
            headers={"Authorization": f"Bearer {key or self.seeded.key.reveal()}"},
            json={"user": self.seeded.users[user]},
        )


@pytest.fixture(scope="module")
def place(mongodb_url: str) -> Place:
    name = f"bench_{os.urandom(6).hex()}"
    return Place(
        mongodb_url=mongodb_url, database=name, encryption_keys=f"k1:{new_encryption_key()}"
    )


@pytest.fixture(scope="module")
def setting(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    folder: Path = tmp_path_factory.mktemp("bench")
    seeded = anyio.run(seed, place, USERS)
    with ExitStack() as stack:
        gateway = stack.enter_context(
            running_gateway(folder, "gateway", place, "motor", drain_seconds="0")
        )
        answers_of(seeded, gateway)  # the first reads, which note the last use
        facts = Facts.of(place, "motor", seeded, answers_of(seeded, gateway))
        floor = stack.enter_context(running_floor(folder, facts))
        yield Setting(seeded, f"http://127.0.0.1:{gateway}", f"http://127.0.0.1:{floor}")


@pytest.mark.parametrize("door", ["floor", "row"])
@pytest.mark.parametrize("user", range(USERS))
def test_a_floor_answers_the_bytes_of_a_token_read(setting: Setting, door: str, user: int) -> None:
    answer, theirs = setting.ask(door, user=user), setting.ask("v1", user=user)

    assert answer.status_code == theirs.status_code == 200
    assert answer.content == theirs.content
    assert answer.json()["connection"]["user"] == setting.seeded.users[user]
    assert answer.headers["cache-control"] == theirs.headers["cache-control"]


@pytest.mark.parametrize("door", ["floor", "row"])
def test_a_floor_refuses_another_key(setting: Setting, door: str) -> None:
    key = setting.seeded.key.reveal()
    other = key[:-1] + ("0" if key[-1] != "0" else "1")
    unknown = "_".join(["gwk", "0" * 16, key.rpartition("_")[2]])

    for wrong in (other, unknown, "nonsense"):
        assert setting.ask(door, key=wrong).status_code == 401
    assert setting.ask(door).status_code == 200


def test_the_bare_route_answers_as_many_bytes(setting: Setting) -> None:
    bare = LOOPBACK.get(setting.floor + BARE_PATH)

    assert bare.status_code == 200
    assert len(bare.content) == pytest.approx(len(setting.ask("v1").content), rel=0.1)


def test_the_crowd_s_rows_are_read_by_the_gateway_as_any_other(
    setting: Setting, place: Place, tmp_path: Path
) -> None:
    crowded = replace(place, database=f"{place.database}_many")
    seeded = anyio.run(seed_many, crowded, 40, 4)
    with running_gateway(tmp_path, "gateway", crowded, "motor", drain_seconds="0") as port:
        answers = answers_of(seeded, port)

    assert list(answers) == [f"user_{number:08}" for number in (0, 10, 20, 30)]
    ours, usual = answers["user_00000010"], setting.ask("v1").json()
    assert ours["access_token"].startswith("ya29.user_00000010")
    assert ours.keys() == usual.keys()
    assert ours["connection"].keys() == usual["connection"].keys()
    assert ours["scopes"] == usual["scopes"]
