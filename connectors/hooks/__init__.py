"""Hooks: a provider's extra step after connecting, one module per connector that needs one.

None of the current connectors does: what the account endpoint says is enough for them.
"""
