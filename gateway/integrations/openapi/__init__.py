"""APIs that an OpenAPI document describes. The kind is ``openapi.kind.OPENAPI``.

``reader`` and what it uses run in a process of their own, with limits, since a document is hostile.
This module imports nothing, so that the process starts fast.
"""
