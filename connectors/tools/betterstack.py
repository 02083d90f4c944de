"""Tools of Better Stack: https://betterstack.com/docs/uptime/api/create-a-new-incident.

Checked against Better Stack's documentation: path, parameters and answer.
"""

from pydantic import AliasPath, Field

from connectors.tooling import Args, HttpTool, Needs, Output


class CreateIncident(Args):
    requester_email: str = Field(
        max_length=254, pattern=r"^[^@\s]+@[^@\s]+$", description="Address of who asks for help."
    )
    summary: str = Field(min_length=1, max_length=500, description="What is wrong, in a line.")
    name: str | None = Field(None, max_length=200, description="Short name of the incident.")
    description: str | None = Field(None, max_length=10_000, description="All that is known.")
    call: bool | None = Field(None, description="Whether to call who is on duty.")
    sms: bool | None = Field(None, description="Whether to send a text message.")
    email: bool | None = Field(None, description="Whether to send a mail.")
    team_name: str | None = Field(
        None, max_length=200, description="Team of the incident; needed with a global token."
    )


class Incident(Output):
    id: str = Field(validation_alias=AliasPath("data", "id"))
    name: str | None = Field(None, validation_alias=AliasPath("data", "attributes", "name"))
    cause: str | None = Field(None, validation_alias=AliasPath("data", "attributes", "cause"))
    started_at: str | None = Field(
        None, validation_alias=AliasPath("data", "attributes", "started_at")
    )
    team_name: str | None = Field(
        None, validation_alias=AliasPath("data", "attributes", "team_name")
    )


TOOLS = (
    HttpTool(
        name="betterstack_create_incident",
        description="Create an incident at Better Stack, which alerts who is on duty.",
        needs=(Needs("betterstack"),),
        effect="write",
        method="POST",
        path="/v3/incidents",
        args=CreateIncident,
        output=Incident,
        examples=({"requester_email": "ana@acme.example", "summary": "The shop is down"},),
    ),
)
