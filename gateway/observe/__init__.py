"""Logs and metrics: what a process says about itself."""
