"""ImageKit's upload, by imagekit.io/docs (upload file, API overview).

Checked against ImageKit's own libraries: host, path, fields of the form and of the answer.
"""

from __future__ import annotations

from email import message_from_bytes
from email.message import Message
from typing import Any, cast

from connectors.sandbox import Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    help_text = "For support kindly contact us at support@imagekit.io ."
    return Refusal(problem.status, {"message": problem.message, "help": help_text})


API = SimulatedApi("imagekit", base="api.imagekit.io/v1", refuse=_error)


def _form(call: Request) -> dict[str, str]:
    kind = call.headers.get("content-type", "")
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + call.body)
    if message.get_content_type() != "multipart/form-data" or message.defects:
        refuse("body", "Your request does not contain a form.")
    found: dict[str, str] = {}
    for part in cast(list[Message], message.get_payload()):
        name = part.get_param("name", header="content-disposition")
        found[str(name)] = str(part.get_payload())
    return found


@API.route(
    "POST upload.imagekit.io/api/v1/files/upload",
    body=object,
    body_format="raw",
    effect="file_uploaded",
)
def upload(call: Request) -> Any:
    form = _form(call)
    if unknown := form.keys() - {"file", "fileName", "folder", "tags", "useUniqueFileName"}:
        refuse("body", f"{', '.join(unknown)}: unknown parameter")
    for name in ("file", "fileName"):
        if not form.get(name):
            refuse("body", f"Missing {name} parameter for upload.")
    path = f"{form.get('folder', '/').rstrip('/')}/{form['fileName']}"
    return {
        "fileId": call.new_id("file"),
        "name": form["fileName"],
        "size": 102117,
        "filePath": path,
        "url": f"https://ik.imagekit.io/acme{path}",
        "fileType": "image",
        "height": 700,
        "width": 1050,
    }
