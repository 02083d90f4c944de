"""MCP servers over streamable HTTP, of both eras, and the authorization servers in front of them.

Programs on the gateway's own host (stdio) are no integration: adding one would run its code.
"""
