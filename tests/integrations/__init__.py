"""Integrations by URL."""
