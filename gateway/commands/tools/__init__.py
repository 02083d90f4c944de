"""``gateway tools``: list, show, call and begin tools."""
