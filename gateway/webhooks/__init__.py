"""Events on their way to receivers."""
