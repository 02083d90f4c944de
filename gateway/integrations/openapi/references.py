"""References inside of a document. Nothing outside of it is ever read. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from gateway.integrations.openapi.refusals import OperationSkipped

MAX_CHAIN = 20
"""References that lead to a reference."""
_INDEX = re.compile(r"0|[1-9][0-9]{0,6}")


class References:
    """Finds what a ``$ref`` names."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def whole(self, part: Any, what: str) -> dict[str, Any]:
        """Return an object of the document, where a reference may stand instead of it.

        Raises ``OperationSkipped``. ``what`` names the part for people.
        """
        for _ in range(MAX_CHAIN):
            if not isinstance(part, dict):
                raise OperationSkipped("part_unusable", f"{what} is not an object")
            if not isinstance(part.get("$ref"), str):
                return part
            part = self.target(part["$ref"])
        raise OperationSkipped("reference_cycle", f"{what} is a reference that leads to itself")

    def target(self, reference: str) -> Any:
        """Return what a reference names. Raises ``OperationSkipped``."""
        if not reference.startswith("#"):
            raise OperationSkipped(
                "remote_reference", "a reference leads out of the document; none is followed"
            )
        if reference != "#" and not reference.startswith("#/"):
            raise OperationSkipped("reference_unknown", "a reference is not a path in the document")
        found: Any = self._document
        for part in reference.split("/")[1:]:
            name = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(found, dict) and name in found:
                found = found[name]
            elif isinstance(found, list) and _INDEX.fullmatch(name) and int(name) < len(found):
                found = found[int(name)]
            else:
                raise OperationSkipped("reference_unknown", "a reference names nothing")
        return found
