"""The kind ``openapi``."""
