"""Where the contract of a connector is: in a test file whose name follows from the connector's.

A connector of this package has it in ``tests/connectors/`` of the source tree, one of a folder
(``GATEWAY_CONNECTORS_PATH``) in ``tests/`` of that folder; any other file has to be named.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import connectors
from gateway.testing.contract import ConnectorContract, Contract, KeyContract
from gateway.testing.subject import ContractViolation

SOURCE_TREE = Path(connectors.__file__).parents[1]
"""The folder that holds ``connectors/``, and ``tests/`` unless only the package is installed."""


def find_contract(
    name: str, folder: Path | None = None, file: Path | None = None
) -> type[ConnectorContract]:
    """The ``ConnectorContract`` among ``find_contracts``, or raise ``ContractViolation``."""
    for found in find_contracts(name, folder, file):
        if issubclass(found, ConnectorContract):
            return found
    raise ContractViolation(f"the contract of {name} is for pasted keys alone")


def find_contracts(
    name: str, folder: Path | None = None, file: Path | None = None
) -> list[type[Contract]]:
    """The contracts of the connector ``name``: for OAuth, for pasted keys, or both in this order.

    ``folder`` is one laid out like ``connectors/``; a connector that is in it gets it as its
    class's ``folder``, unless the class names one. ``file`` is looked into instead of the usual
    place. Raises ``ContractViolation`` if there is no such file or class, or the file does not
    import.
    """
    is_outside = folder is not None and (folder / "catalog" / f"{name}.py").is_file()
    path = file or contract_file(name, folder if is_outside else None)
    if not path.is_file():
        raise ContractViolation(f"there is no contract for {name}: {path} does not exist")
    found = {
        value
        for value in vars(_import(path)).values()
        if isinstance(value, type)
        and issubclass(value, Contract)
        and getattr(value, "connector", None) == name
    }
    kinds = [KeyContract if issubclass(each, KeyContract) else ConnectorContract for each in found]
    if not found or len({*kinds}) != len(kinds):
        count = "no" if not found else "more than one"
        kind = "KeyContract" if KeyContract in kinds else "ConnectorContract"
        raise ContractViolation(
            f'{path} has {count} class derived from {kind} with connector = "{name}"'
        )
    for contract in found:
        if is_outside and contract.folder is None:
            contract.folder = folder
    return sorted(found, key=lambda contract: issubclass(contract, KeyContract))


def contract_file(name: str, folder: Path | None = None) -> Path:
    """The usual place: in ``folder``, or in the source tree for a connector of this package."""
    tests = SOURCE_TREE / "tests" / "connectors" if folder is None else folder / "tests"
    return tests / f"test_{name.replace('-', '_')}_provider.py"


def _import(path: Path) -> ModuleType:
    # Another name than pytest's: if it imported the same file, it keeps its classes.
    name = f"_contracts.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ContractViolation(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        # The author of a failing file needs one sentence and not our traceback.
        raise ContractViolation(
            f"{path} cannot be imported: {type(error).__name__}: {error}"
        ) from error
    return module
