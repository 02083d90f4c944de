"""``make dev``: everything that a newcomer needs, without any credential."""
