"""Outgoing HTTP: every request to a provider or a webhook goes through here."""
