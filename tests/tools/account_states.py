"""Accounts in all states, most of them healthy in most ways: Hypothesis strategies."""

from __future__ import annotations

from hypothesis import strategies as st

from gateway.store.connection import Method
from tests.tools.accounts_world import BASE, CONNECTORS, GMAIL, HERE, KEYED, KEYED_HERE, Account


def usually(value: object, *others: object) -> st.SearchStrategy[object]:
    """Mostly ``value``."""
    return st.sampled_from([*[value] * 3 * max(1, len(others)), *others])


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """One account."""
    connector = draw(st.sampled_from(["google", "google", *CONNECTORS]))
    base = BASE.get(connector, ())
    keyed = connector in {KEYED, KEYED_HERE}
    method = draw(usually(Method.OAUTH2, Method.API_KEY))
    if keyed:
        method = draw(usually(Method.API_KEY, Method.OAUTH2))  # a method that it has no more
    status = draw(usually("active", "needs_reauth", "needs_scopes"))
    reasons = {
        "active": usually(None, "unavailable", "provider_misconfigured", "provider_refused"),
        "needs_reauth": st.sampled_from(["invalid_grant", "token_refused"]),
        "needs_scopes": st.none(),
    }
    reason = draw(reasons[str(status)]) if method is Method.OAUTH2 or status != "active" else None
    return Account(
        connector=connector,
        owner=str(draw(usually("user", "org"))),
        method=method,  # type: ignore[arg-type]
        status=str(status),
        reason=reason,  # type: ignore[arg-type]
        scopes=draw(st.sampled_from([base, base, (*base, GMAIL), ()])),
        life=draw(st.sampled_from([3000, None, 30, -10, -10])),
        access=bool(draw(usually(True, False))),
        refresh=draw(usually(True, None, False)),  # type: ignore[arg-type]
        environment=str(draw(usually(HERE, "", "staging"))),
        app=draw(usually(None, "own", "removed")),  # type: ignore[arg-type]
        complete=bool(draw(usually(True, False))),
        damaged=draw(st.integers(0, 15)) == 15,
        retried=bool(draw(usually(False, True))),
    )
