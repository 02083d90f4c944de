"""``gateway integrations``: APIs that are added by URL (docs/integrations.md)."""
