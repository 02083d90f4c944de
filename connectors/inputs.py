"""The values that a person types or chooses before connecting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

INPUT_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CHOICE = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_HOST = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
)
_DECLARED_HOST = re.compile(r"\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)+")
_LONGEST, _LONGEST_SECRET = 255, 4096
"""The most characters of a value: no host name or path segment has more than 255."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionInput:
    """One value that a person types or chooses, such as the shop of a Shopify store.

    It has exactly one of ``pattern`` (a regular expression for the complete value), ``choices``
    (a closed list; each may carry named values, and ``title``, its text for people) and ``hosts``
    (a whole host: one of these, or below one that begins with ``*.``; ``*`` is any host, which the
    operator has to allow). With a ``default`` the input may be left empty.
    """

    title: str
    description: str
    example: str = ""
    pattern: str = ""
    suffix: str = ""
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    default: str | None = None
    secret: bool = False
    keep_case: bool = False
    where: str = ""

    def __post_init__(self) -> None:
        frozen = {key: MappingProxyType(dict(values)) for key, values in self.choices.items()}
        object.__setattr__(self, "choices", MappingProxyType(frozen))

    @property
    def sample(self) -> str:
        """A value that is right: the example, or the first choice."""
        return self.normalise(self.example) or next(iter(self.choices), "")

    def normalise(self, typed: str) -> str:
        """Return the meaning of ``typed``: ``https://Acme.myshopify.com/`` means ``acme``.

        A secret loses the spaces around it and nothing else.
        """
        value = typed.strip()
        if not self.secret:
            value = value if self.keep_case else value.lower()
            value = re.sub(r"\Ahttps://", "", value, flags=re.IGNORECASE).rstrip("/")
        return (value.removesuffix(self.suffix) if self.suffix else value) or self.default or ""

    def accepts(self, value: str) -> bool:
        """Whether ``value`` is right as it is."""
        return self.error(value) is None

    def error(self, value: str) -> str | None:
        """Say in words for people what is wrong with a normalised value, ``None`` if it is right.

        The words do not repeat the value.
        """
        if not value:
            is_optional = self.default == ""
            verb = "choose" if self.choices else "fill in"
            return None if is_optional else f"Please {verb}: {self.title}."
        longest = _LONGEST_SECRET if self.secret else _LONGEST
        if len(value) > longest:
            return f"This is too long: at most {longest} characters."
        if self.choices:
            known = value in self.choices
            return None if known else f"Please choose one of: {', '.join(self.choices)}."
        if self.hosts:
            return self._host_error(value)
        if re.fullmatch(self.pattern, value):
            return None
        return "This does not look right." + (
            f" Example: {self.example}{self.suffix}" if self.example else ""
        )

    def _host_error(self, value: str) -> str | None:
        for character, what in (("@", "user name"), (":", "port"), ("/", "path"), ("?", "query")):
            if character in value:
                return f"Please give the host alone, without a {what}. Example: {self.example}"
        if not _HOST.fullmatch(value):
            return f"This is not a host name. Example: {self.example}"
        if is_below(value, self.hosts):
            return None
        return f"This host does not belong here. It has to be: {', or '.join(self.hosts)}."

    def problems(self) -> list[str]:
        """Describe each mistake of this input."""
        return list(self._problems())

    def _problems(self) -> Iterator[str]:
        for name in ("title", "description"):
            if not getattr(self, name):
                yield f"{name} is empty"
        kinds = [name for name in ("pattern", "choices", "hosts") if getattr(self, name)]
        if len(kinds) != 1:
            yield "needs exactly one of pattern, choices and hosts"
            return
        if self.where.startswith("http:"):
            yield "where is not an https URL"
        if self.secret and (kinds != ["pattern"] or self.suffix or self.default or self.keep_case):
            yield "is secret, and may only have a pattern (its case is kept)"
        try:
            re.compile(self.pattern)
        except re.error as error:
            yield f"pattern is not a regular expression ({error})"
            return
        if self.choices:
            yield from self._choice_problems()
        elif not self.example:
            yield "example is empty"
        elif not self.accepts(self.normalise(self.example)):
            yield f"example does not match {kinds[0]}{self._case_hint()}"
        if self.keep_case and self.example == self.example.lower() and not self.choices:
            yield "keep_case is set, and the example has no capital letter"
        for host in self.hosts:
            if not _DECLARED_HOST.fullmatch(host):
                yield f'hosts: "{host}" is not a host name, "*." and a host name, or "*"'
        if self.hosts and self.suffix:
            yield "has a suffix, which a whole host has not"
        if self.default and not self.accepts(self.default):
            yield f"default is not right for {kinds[0]}"

    def _case_hint(self) -> str:
        example = self.example.strip()
        is_case = not self.keep_case and re.fullmatch(self.pattern, example)
        return " (it is lower-cased; keep_case=True keeps its case)" if is_case else ""

    def _choice_problems(self) -> Iterator[str]:
        if self.example or self.suffix or self.keep_case:
            yield "has choices, and needs no example, suffix or keep_case"
        names = [{*values} - {"title"} for values in self.choices.values()]
        if any(others != names[0] for others in names):
            yield "choices have different named values"
        for key, values in self.choices.items():
            if not _CHOICE.fullmatch(key):
                yield f'choices: "{key}" is not a short word in lower case'
            if not all(INPUT_NAME.fullmatch(name) and value for name, value in values.items()):
                yield f'choices: "{key}" has a value that is empty or has no plain name'


def is_below(host: str, names: tuple[str, ...] | frozenset[str]) -> bool:
    """Whether ``host`` is one of ``names``, or below one that begins with ``*.``; ``*`` is any."""
    return any(
        name in ("*", host) or (name.startswith("*.") and host.endswith(name[1:])) for name in names
    )
