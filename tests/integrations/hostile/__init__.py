"""A corpus of hostile documents: each is refused by name, or loses an operation by name."""
