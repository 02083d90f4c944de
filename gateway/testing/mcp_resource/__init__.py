"""Public: named checks of a protected MCP server on revision 2026-07-28.

The official conformance suite sends no bearer token, and scanners of protected servers speak older
revisions. ``python -m gateway.testing.mcp_resource URL --tokens FILE`` runs these checks against
any server. A check that lacks a token or a tool is skipped, and said to be.
"""

from gateway.testing.mcp_resource.run import Outcome, run
from gateway.testing.mcp_resource.target import CHECKS, Failed, Skipped, Target, ToolCall

__all__ = ["CHECKS", "Failed", "Outcome", "Skipped", "Target", "ToolCall", "run"]
