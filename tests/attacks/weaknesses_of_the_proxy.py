"""Checks of the proxy, and how a process loses each one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gateway.proxy import body, credentials, destination, forward, headers, rejected
from gateway.web import proxy

# Of no type: a weakness assigns to methods and module functions.
_BODY: Any = body
_CREDENTIALS: Any = credentials
_DESTINATION: Any = destination
_FORWARD: Any = forward
_HEADERS: Any = headers
_REJECTED: Any = rejected
_WEB: Any = proxy


def _any_path() -> None:
    """A path may climb above the API."""
    _DESTINATION._check_path = lambda path: None


class _Everything(frozenset[str]):
    def __contains__(self, item: object) -> bool:
        return True


def _any_host() -> None:
    """A caller may name any host."""
    _FORWARD.open_hosts = lambda base_url, api_hosts: _Everything()


def _beside_the_credential() -> None:
    """What a caller put into a place of the credential is sent, too."""
    _FORWARD.attach_to_headers = lambda issued, given: [
        *given,
        *((name.lower().encode(), value.encode()) for name, value in issued.api_headers.items()),
    ]
    _CREDENTIALS._name = lambda pair: ""


def _callers_fields() -> None:
    """The caller's own fields reach the provider."""
    _HEADERS.sent = lambda given: [
        each for each in given if each[0] not in {b"host", b"content-length", b"transfer-encoding"}
    ]


def _providers_fields() -> None:
    """A provider sets cookies at the gateway's address, and speaks in its name."""
    passing = _HEADERS._passing
    _HEADERS._passing = lambda given, dropped, prefixes: (
        iter(given) if b"set-cookie" in dropped else passing(given, dropped, prefixes)
    )


def _any_redirect() -> None:
    """An answer sends its reader anywhere."""
    _HEADERS._leads_to_allowed = lambda name, value, is_allowed: True


def _every_method_is_safe() -> None:
    """Each request is repeated after a 401."""
    _FORWARD.BODYLESS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


def _blaming() -> None:
    """A 401 is the proof that a grant is over."""
    _REJECTED.replace = lambda wanted, **changes: replace(wanted, **{**changes, "suspected": False})


def _clean_ends() -> None:
    """A broken answer ends as a whole one does, where its length is not known."""

    async def abort(caller: Any) -> None:
        return None

    _WEB._Caller.abort = abort


def _any_size() -> None:
    """A request may have any size."""
    _BODY.RequestTooLarge = lambda most: None
    _BODY.Body.begin = _unlimited(_BODY.Body.begin)


def _unlimited(begin: Any) -> Any:
    async def unlimited(self: Any) -> None:
        self._most = 10**15
        await begin(self)

    return unlimited


def _talkative() -> None:
    """An echo of the credential reaches the caller."""
    searching = _FORWARD.filter_for
    _FORWARD.filter_for = lambda secrets, coding, refuse: searching((), None, refuse=False)


OF_THE_PROXY: dict[str, Callable[[], None]] = {
    "call_stays_below_the_api": _any_path,
    "call_goes_to_declared_hosts": _any_host,
    "call_has_one_credential": _beside_the_credential,
    "call_hides_its_caller": _callers_fields,
    "answer_is_no_word_of_ours": _providers_fields,
    "answer_leads_to_the_api": _any_redirect,
    "answer_holds_no_credential": _talkative,
    "answer_is_whole_or_reset": _clean_ends,
    "effect_happens_once": _every_method_is_safe,
    "grant_outlives_a_401": _blaming,
    "call_is_bounded": _any_size,
}
