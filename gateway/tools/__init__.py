"""Tools that agents call by name: what they need, whether they may run, and the run itself."""
