"""Encryption at rest: keys, sealed values, rotation."""
