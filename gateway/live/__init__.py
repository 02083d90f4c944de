"""Live events: what changed for a person or a tool server, as soon as the database says so."""
