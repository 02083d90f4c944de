"""Tools that agents call by name: one file per connector, which exports ``TOOLS``."""
