"""The operations of the product: connect, read tokens, renew, disconnect."""
