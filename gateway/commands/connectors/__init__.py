"""What ``python -m gateway connectors …`` does: list, show, check and begin connectors."""
