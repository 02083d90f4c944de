"""Skills and ``llms.txt``: what a machine reads before it uses the gateway. For anyone."""

from __future__ import annotations

from hashlib import sha256

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from gateway.tools.skills import Skill
from gateway.web import docs
from gateway.web.operation import Operation
from gateway.web.replies import markdown, reply
from gateway.web.state import services

_LLMS = """\
# Connector Gateway

> A person connects an account once; from then on, tools act on it. The gateway keeps the
> credentials, asks a person where a policy wants it, and writes down every call.

A program calls it with a service key (`Authorization: Bearer`). `GET /v1/tools?user=` lists the
tools of a user and says what each one needs first; `POST /v1/tools/{name}/call` calls one. An error
has a stable `code` (RFC 9457).

## API

- [OpenAPI](%(url)s/openapi.json): every call in full
- [Connectors](%(url)s/v1/connectors/available): the accounts that can be connected here
- [Skills](%(url)s/v1/skills): the list below, with digests

## Documentation

%(docs)s

## Skills

%(skills)s

## Optional

- [The whole documentation](%(url)s/llms-full.txt): all pages above in one file
"""


class SkillReply(BaseModel):
    """A skill. ``digest`` is ``sha256:`` and the SHA-256 of the file at ``url``."""

    name: str
    description: str
    digest: str
    size: int
    url: str


class SkillsReply(BaseModel):
    """The skills of this gateway, one for each connector with tools, by name."""

    skills: list[SkillReply]


async def list_skills(request: Request) -> Response:
    """List the skills: what an agent can read about the tools of each connector."""
    given = services(request)
    await given.skills.loaded()
    found = [_reply(skill, given.settings.public_url) for skill in given.skills.all()]
    return reply(SkillsReply(skills=found))


async def get_skill(request: Request) -> Response:
    """Serve the ``SKILL.md`` of a connector, as Markdown with an ``ETag``."""
    skills = services(request).skills
    await skills.loaded()
    skill = skills.skill(request.path_params["connector"])
    return markdown(request, skill.text, skill.digest)


async def llms_txt(request: Request) -> Response:
    """Serve ``/llms.txt``: what this is, and where a machine reads on."""
    given = services(request)
    await given.skills.loaded()
    url = given.settings.public_url
    pages = [
        f"- [{page.title}]({url}/docs/{name}.md)" for name, page in (await docs.pages()).items()
    ]
    skills = [
        f"- [{skill.name}]({_url(skill, url)}): {skill.description}" for skill in given.skills.all()
    ]
    text = _LLMS % {"url": url, "docs": "\n".join(pages), "skills": "\n".join(skills)}
    return markdown(request, text, sha256(text.encode()).hexdigest())


def _reply(skill: Skill, public_url: str) -> SkillReply:
    return SkillReply(
        name=skill.name,
        description=skill.description,
        digest=f"sha256:{skill.digest}",
        size=len(skill.text.encode()),
        url=_url(skill, public_url),
    )


def _url(skill: Skill, public_url: str) -> str:
    return f"{public_url}/v1/skills/{skill.name}/SKILL.md"


OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/skills",
        handler=list_skills,
        who="anyone",
        summary="The skills of the connectors with tools",
        reply=SkillsReply,
    ),
    Operation(
        method="GET",
        path="/v1/skills/{connector}/SKILL.md",
        handler=get_skill,
        who="anyone",
        summary="What an agent can read about a connector's tools",
        errors=("not_found",),
    ),
]
