"""Simulated providers that are as strict as the real ones. For development and tests only.

``connectors/sandbox/<name>.py`` says what a provider accepts; this package enforces it: wrong client
authentication, body format, scope separator, redirect URI, verifier, a reused code or a reused
rotated refresh token are refused, as the real provider would.
"""
