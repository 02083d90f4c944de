"""The verbs of the product: connect, hand out tokens, disconnect."""
