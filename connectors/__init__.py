"""What differs between providers: the vocabulary, the catalog, the hooks and the simulated counterparts."""
