"""Encryption at rest: encryption keys, sealed values, rotation."""
