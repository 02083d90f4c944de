"""The development mode: everything a newcomer needs, started with one command and no credential."""
