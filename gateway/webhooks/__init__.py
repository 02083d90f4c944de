"""Webhooks: registration and delivery of events."""
