"""Tools of xAI.

Reference: https://docs.x.ai/developers/rest-api-reference

Quirks:
1. Chats and completions are legacy endpoints; responses took their place. ``instructions`` is not
   among their parameters: what the model is told first is a turn of the system.
2. xAI keeps a response for 30 days unless ``store`` is false.

Unconfirmed: the members of an answer, which xAI says are OpenAI's, and the limits of values.
"""

from connectors.chat_tools import response_tool

TOOLS = (response_tool("xai", title="xAI (Grok)", model="grok-4.7"),)
