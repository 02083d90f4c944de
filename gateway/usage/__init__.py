"""Usage: one event for each attempt to call a provider, its price, and the rules that limit it."""
