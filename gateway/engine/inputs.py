"""Read the values that a person typed or chose before connecting."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.inputs import ConnectionInput
from gateway.errors import InvalidRequest


def read_inputs(inputs: Mapping[str, ConnectionInput], typed: Mapping[str, str]) -> dict[str, str]:
    """Normalise and check the typed values; raises ``InvalidRequest`` that names each bad one."""
    errors = {name: "is not an input of this connector" for name in typed.keys() - inputs.keys()}
    values = {name: wanted.normalise(typed.get(name, "")) for name, wanted in inputs.items()}
    for name, wanted in inputs.items():
        if error := wanted.error(values[name]):
            errors[name] = error
    if errors:
        raise InvalidRequest("the connection_config is not valid", errors)
    return values
