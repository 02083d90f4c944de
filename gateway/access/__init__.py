"""Callers: service keys, user assertions, sessions, logins, and rate limits."""
