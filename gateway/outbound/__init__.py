"""The only way out to providers."""
