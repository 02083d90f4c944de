"""Tools of Telegram's Bot API.

Reference: https://core.telegram.org/bots/api

Checked against the Bot API 10.1 as PaulSonOfLars/telegram-bot-api-spec reads it from that page:
methods, parameters, and the members that an answer always has.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasPath, Field

from connectors.tooling import Args, Failure, HttpTool, In, Needs, Output

_TELEGRAM = (Needs("telegram"),)
_FAILURE = Failure(path="ok", equals=False, code="error_code", message="description")


class NoArgs(Args):
    pass


class Bot(Output):
    id: int = Field(validation_alias=AliasPath("result", "id"))
    username: str | None = Field(None, validation_alias=AliasPath("result", "username"))
    name: str = Field(validation_alias=AliasPath("result", "first_name"))


class OfChat(Args):
    chat_id: str = Field(
        pattern=r"^(-?[0-9]{1,20}|@[A-Za-z0-9_]{5,32})$",
        description="id of a chat, or @name of a channel",
    )


class SendMessage(OfChat):
    text: str = Field(min_length=1, max_length=4096, description="the message, as plain text")
    reply_to: Annotated[int | None, In("body", "reply_parameters.message_id")] = Field(
        None, description="id of the message that is answered"
    )
    silent: Annotated[bool, In("body", "disable_notification")] = Field(
        False, description="whether nobody is notified with a sound"
    )


class SendPhoto(OfChat):
    photo: str = Field(
        max_length=2000,
        pattern=r"^(https://\S+|[A-Za-z0-9_-]{10,200})$",
        description="https address of a picture, or file_id of one that Telegram has",
    )
    caption: str | None = Field(None, max_length=1024, description="text below the picture")
    silent: Annotated[bool, In("body", "disable_notification")] = Field(
        False, description="whether nobody is notified with a sound"
    )


class AnswerCallbackQuery(Args):
    callback_query_id: str = Field(
        min_length=1, max_length=64, description="id of the callback_query of an update"
    )
    text: str | None = Field(None, max_length=200, description="what the person is shown")
    alert: Annotated[bool, In("body", "show_alert")] = Field(
        False, description="whether it is shown until the person closes it"
    )


class Answered(Output):
    answered: bool = Field(validation_alias="result")


class SentMessage(Output):
    message_id: int = Field(validation_alias=AliasPath("result", "message_id"))
    chat_id: int = Field(validation_alias=AliasPath("result", "chat", "id"))
    date: int = Field(
        validation_alias=AliasPath("result", "date"), description="seconds since 1970"
    )


class Updates(Output):
    updates: list[dict[str, Any]] = Field(validation_alias="result")


class ListUpdates(Args):
    limit: int = Field(100, ge=1, le=100, description="updates at most")


class Chat(Output):
    chat: dict[str, Any] = Field(validation_alias="result")


TOOLS = (
    HttpTool(
        name="telegram_get_bot",
        description="Return id and name of the connected Telegram bot.",
        needs=_TELEGRAM,
        effect="read",
        method="GET",
        path="/getMe",
        args=NoArgs,
        output=Bot,
        failure=_FAILURE,
        examples=({},),
    ),
    HttpTool(
        name="telegram_get_chat",
        description="Return what a Telegram bot knows about a chat.",
        needs=_TELEGRAM,
        effect="read",
        method="GET",
        path="/getChat",
        args=OfChat,
        output=Chat,
        failure=_FAILURE,
        examples=({"chat_id": "555000111"},),
    ),
    HttpTool(
        name="telegram_list_updates",
        description="Return the messages to a Telegram bot that wait, at most a day old; they go "
        "on waiting.",
        needs=_TELEGRAM,
        effect="read",
        method="GET",
        path="/getUpdates",
        args=ListUpdates,
        output=Updates,
        failure=_FAILURE,
        examples=({},),
    ),
    HttpTool(
        name="telegram_send_message",
        description="Send a text message from a Telegram bot to a chat. Returns its id.",
        needs=_TELEGRAM,
        effect="write",
        method="POST",
        path="/sendMessage",
        args=SendMessage,
        output=SentMessage,
        failure=_FAILURE,
        examples=({"chat_id": "555000111", "text": "Hello"},),
    ),
    HttpTool(
        name="telegram_send_photo",
        description="Send a picture from a Telegram bot to a chat. Returns the message's id.",
        needs=_TELEGRAM,
        effect="write",
        method="POST",
        path="/sendPhoto",
        args=SendPhoto,
        output=SentMessage,
        failure=_FAILURE,
        examples=(
            {
                "chat_id": "555000111",
                "photo": "https://pictures.example/cat.jpg",
                "caption": "Our cat",
            },
        ),
    ),
    HttpTool(
        name="telegram_answer_callback_query",
        description="Answer the press of a button below a Telegram bot's message, once and soon.",
        needs=_TELEGRAM,
        effect="write",
        method="POST",
        path="/answerCallbackQuery",
        args=AnswerCallbackQuery,
        output=Answered,
        failure=_FAILURE,
        examples=({"callback_query_id": "4382bfdwdsb323b2d9", "text": "Booked"},),
    ),
)
