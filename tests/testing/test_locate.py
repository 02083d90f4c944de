"""Where the contract of a connector is found, and what is said where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.catalog import CONNECTOR_CATALOG
from gateway.testing.locate import SOURCE_TREE, contract_file, find_contract, find_contracts
from gateway.testing.subject import ContractViolation
from tests.support.contracts import SOLO_CONTRACT, write_contract
from tests.support.outside import write_solo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_solo(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", [*CONNECTOR_CATALOG])
def test_every_connector_of_the_package_has_one(folder: Path, name: str) -> None:
    """A folder changes nothing for the other connectors."""
    for known_folder in (None, folder):
        for found in find_contracts(name, known_folder):
            assert (found.connector, found.folder) == (name, None)


def test_the_usual_places_are_named_after_the_connector(tmp_path: Path) -> None:
    assert contract_file("acme-crm") == SOURCE_TREE / "tests/connectors/test_acme_crm_provider.py"
    assert contract_file("acme-crm", tmp_path) == tmp_path / "tests/test_acme_crm_provider.py"


def test_a_folders_contract_is_given_its_folder(folder: Path) -> None:
    write_contract(folder)
    found = find_contract("solo", folder)
    assert found.folder == folder
    assert found.subject().config.name == "solo"


def test_a_folder_that_the_class_names_stays(folder: Path) -> None:
    write_contract(folder, f"{SOLO_CONTRACT}    folder = '/its/own'\n")
    assert str(find_contract("solo", folder).folder) == "/its/own"


def test_another_file_can_be_named(folder: Path, tmp_path: Path) -> None:
    write_contract(folder, "raise SystemExit")
    other = tmp_path / "contract_of_solo.py"
    other.write_text(SOLO_CONTRACT)
    assert find_contract("solo", folder, other).folder == folder


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1", 'has no class derived from ConnectorContract with connector = "solo"'),
        (
            SOLO_CONTRACT.replace('"solo"', '"sole"'),
            'has no class derived from ConnectorContract with connector = "solo"',
        ),
        (
            SOLO_CONTRACT + "\n\nclass TestAgain(TestSolo):\n    pass\n",
            'has more than one class derived from ConnectorContract with connector = "solo"',
        ),
        ("import nowhere_at_all", "cannot be imported: ModuleNotFoundError: No module named"),
        ("x = (", "cannot be imported: SyntaxError:"),
        ("raise SystemExit('no')", "cannot be imported: SystemExit: no"),
        (
            SOLO_CONTRACT + "    colour = 'red'\n",
            "cannot be imported: TypeError: TestSolo has the unknown colour",
        ),
    ],
)
def test_a_mistake_in_the_file_is_named(folder: Path, source: str, said: str) -> None:
    file = write_contract(folder, source)
    with pytest.raises(ContractViolation) as caught:
        find_contract("solo", folder)
    assert str(caught.value).startswith(f"{file} {said}")


@pytest.mark.parametrize("named", [None, Path("nowhere.py")])
def test_a_file_that_is_missing_is_named(folder: Path, named: Path | None) -> None:
    with pytest.raises(ContractViolation) as caught:
        find_contract("solo", folder, named)
    expected = named or folder / "tests/test_solo_provider.py"
    assert str(caught.value) == f"there is no contract for solo: {expected} does not exist"
