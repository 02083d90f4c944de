"""Answers of providers in the wild, as people reported them: each is a test with its source."""
