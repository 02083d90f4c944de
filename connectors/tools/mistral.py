"""Tools of Mistral AI.

Reference: https://docs.mistral.ai/api/

Checked against Mistral's own library (mistralai 3.7.0): paths, parameters and the members of
answers. Unchecked: the limits of values.
"""

from connectors.chat_tools import chat_tool, embedding_tool

TOOLS = (
    chat_tool("mistral", title="Mistral AI", model="mistral-small-latest"),
    embedding_tool("mistral", title="Mistral AI", model="mistral-embed"),
)
