"""Call the functions of a sandbox file, so that a mistake is reported with the function's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class FunctionFailed(Exception):
    """A function of a sandbox file is wrong. The message names it, and what it did."""


def call(
    name: str,
    kinds: type | tuple[type, ...],
    function: Callable[P, T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Call ``function``, known as ``name``. Raises ``FunctionFailed`` unless it returns a kind."""
    try:
        found = function(*args, **kwargs)
    except Exception as error:
        # The simulation cannot go on, and the author needs the function's name.
        text = f"{name} of the sandbox file raises {type(error).__name__}: {error}"
        raise FunctionFailed(text) from error
    if not isinstance(found, kinds):
        text = f"{name} of the sandbox file returns {type(found).__name__}, not {_names(kinds)}"
        raise FunctionFailed(text)
    return found


def _names(kinds: type | tuple[type, ...]) -> str:
    names = [kind.__name__ for kind in (kinds if isinstance(kinds, tuple) else (kinds,))]
    return " or ".join("None" if name == "NoneType" else name for name in names)
