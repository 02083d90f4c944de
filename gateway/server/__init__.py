"""Uvicorn, and what the gateway needs from it."""
