"""MongoDB, the only shared state. Operations are domain words, never queries."""
