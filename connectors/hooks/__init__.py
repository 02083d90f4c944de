"""The extra steps that a few providers need after connecting.

A hook is ``async def post_connection(ctx) -> None``: it calls ``ctx.update_metadata`` and
``ctx.update_account_label``. If it fails, the connection stays, and the hook is repeated.
"""
