"""MongoDB, the only shared state: one module for each collection, with domain operations."""
