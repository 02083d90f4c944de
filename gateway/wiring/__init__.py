"""Opens and connects everything."""
