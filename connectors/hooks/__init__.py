"""The extra steps that a few providers need after connecting.

A hook is ``async def post_connection(ctx) -> Mapping``: what it returns is added to the account's
metadata. If it raises, nothing is stored.
"""
