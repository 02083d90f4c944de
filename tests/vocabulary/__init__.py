"""One invented provider for each thing that the vocabulary can say."""
