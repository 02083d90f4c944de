"""Tools of Fireworks AI.

Reference: https://docs.fireworks.ai/api-reference/introduction

The chat is checked against Fireworks' own library (fireworks-ai 1.2.30): path, parameters and the
members of answers. Unchecked: the limits of values, and the embeddings, which it leaves out.
"""

from connectors.chat_tools import chat_tool, embedding_tool

TOOLS = (
    chat_tool("fireworks", title="Fireworks AI", model="accounts/fireworks/models/glm-5p3"),
    embedding_tool(
        "fireworks", title="Fireworks AI", model="accounts/fireworks/models/qwen3-embedding-8b"
    ),
)
