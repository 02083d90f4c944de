"""The providers' APIs beyond sign-in, seen from their own side (``connectors.simulated_api``).

As in ``connectors.sandbox``: written from the documentation, with the tools and the catalog closed.
"""
