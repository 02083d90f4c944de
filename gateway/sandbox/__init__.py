"""Simulated providers that are as strict as the real ones. For development and tests only.

``connectors/sandbox/<name>.py`` says what a provider accepts; this package enforces it: wrong
client authentication, body format, scope separator, redirect URI, verifier, a reused code or a
reused rotated refresh token are refused, as the real provider would.

``provider.py`` is the front of one provider; ``authorization.py``, ``token.py`` (with
``issuing.py``), ``revocation.py`` and ``api.py`` are its endpoints, ``credentials.py`` says who is
asking, and ``ledger.py`` remembers. ``app.py`` speaks HTTP for all of them.
"""
