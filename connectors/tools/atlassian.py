"""Tools for Jira on an Atlassian site: search, read, create, change and comment on issues.

Reference: https://developer.atlassian.com/cloud/jira/platform/rest/v3/

Facts:
1. The address holds the cloud id of the site; the connector's base address has it.
2. Descriptions and comments are Atlassian Document Format, a tree: text is written as paragraphs
   and read back as text.
3. A change of an issue and of its status is answered with 204, without a body.
4. Search has no total; ``nextPageToken`` is absent on the last page. Its JQL must restrict the
   result: one without a condition is refused.
5. Which states an issue can go to depends on its workflow: ``jira_list_transitions`` tells them.
6. Confluence has another address, below another product, which this connector does not open.
"""

from typing import Annotated, Any

from pydantic import AliasPath, BeforeValidator, Field, PlainSerializer

from connectors.tooling import Args, HttpTool, In, Needs, Output, Pages

READ = (Needs("atlassian", ("read:jira-work",)),)
WRITE = (Needs("atlassian", ("write:jira-work",)),)
FIELDS = "summary,status,issuetype,priority,assignee,project,updated"


def document(text: str | None) -> dict[str, Any] | None:
    """Write text as a document: a paragraph for each part between empty lines (fact 2)."""
    if text is None:
        return None
    paragraphs = [part for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": _lines(part)} for part in paragraphs],
    }


def _lines(paragraph: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for line in paragraph.strip("\n").split("\n"):
        if found:
            found.append({"type": "hardBreak"})
        if line:  # the format has no empty text
            found.append({"type": "text", "text": line})
    return found


def plain_text(value: Any) -> Any:
    """Read the text of a document; anything else stays what it is (fact 2)."""
    if not isinstance(value, dict):
        return value
    return _text_of(value, 0).strip("\n")


def _text_of(node: dict[str, Any], depth: int) -> str:
    kind, attrs = node.get("type"), node.get("attrs")
    said = attrs if isinstance(attrs, dict) else {}
    if kind == "text":
        return str(node.get("text", ""))
    if kind == "hardBreak":
        return "\n"
    if kind in {"mention", "emoji", "date", "status", "inlineCard", "blockCard"}:
        names = ("text", "shortName", "timestamp", "url")
        return next((str(said[name]) for name in names if name in said), "")
    content = node.get("content")
    if depth > 50 or not isinstance(content, list):
        return ""
    inside = "".join(_text_of(each, depth + 1) for each in content if isinstance(each, dict))
    if kind == "listItem":
        return f"- {inside.strip()}\n"
    return f"{inside}\n\n" if kind in {"paragraph", "heading", "codeBlock"} else inside


Document = Annotated[str | None, PlainSerializer(document, when_used="always")]
Text = Annotated[str | None, BeforeValidator(plain_text)]
IssueKey = Annotated[
    str, Field(description="Key of the issue (ENG-12)", pattern=r"^[A-Z][A-Z0-9_]{1,30}-\d{1,9}$")
]


class SearchIssues(Args):
    jql: str = Field(
        min_length=3,
        max_length=4000,
        description='JQL with a condition: project = ENG AND status != Done AND text ~ "login"',
    )
    limit: Annotated[int, In("query", "maxResults")] = Field(
        25, ge=1, le=100, description="Issues per page"
    )
    cursor: Annotated[str | None, In("query", "nextPageToken")] = Field(
        None, description="next_cursor of the page before"
    )


class Issue(Output):
    key: str
    id: str
    summary: str = Field(validation_alias=AliasPath("fields", "summary"))
    status: str | None = Field(None, validation_alias=AliasPath("fields", "status", "name"))
    type: str | None = Field(None, validation_alias=AliasPath("fields", "issuetype", "name"))
    priority: str | None = Field(None, validation_alias=AliasPath("fields", "priority", "name"))
    assignee: str | None = Field(
        None, validation_alias=AliasPath("fields", "assignee", "displayName")
    )
    project: str | None = Field(None, validation_alias=AliasPath("fields", "project", "key"))
    updated: str | None = Field(None, validation_alias=AliasPath("fields", "updated"))


class FoundIssues(Output):
    issues: list[Issue]


class IssueRef(Args):
    issue: IssueKey


class Comment(Output):
    id: str
    author: str | None = Field(None, validation_alias=AliasPath("author", "displayName"))
    body: Text = None
    created: str | None = None


class WholeIssue(Issue):
    description: Text = Field(None, validation_alias=AliasPath("fields", "description"))
    labels: list[str] = Field([], validation_alias=AliasPath("fields", "labels"))
    created: str | None = Field(None, validation_alias=AliasPath("fields", "created"))
    comments: list[Comment] = Field([], validation_alias=AliasPath("fields", "comment", "comments"))


class CreateIssue(Args):
    project: Annotated[str, In("body", "fields.project.key")] = Field(
        pattern=r"^[A-Z][A-Z0-9_]{1,30}$", description="Key of the project (jira_list_projects)"
    )
    summary: Annotated[str, In("body", "fields.summary")] = Field(
        min_length=1, max_length=255, description="Title, one line"
    )
    type: Annotated[str, In("body", "fields.issuetype.name")] = Field(
        "Task", min_length=1, max_length=100, description="Type: Task, Bug, Story ..."
    )
    description: Annotated[Document, In("body", "fields.description")] = Field(
        None, max_length=30_000, description="Plain text; an empty line ends a paragraph"
    )
    labels: Annotated[list[str] | None, In("body", "fields.labels")] = Field(
        None, max_length=20, description="Labels, without spaces"
    )


class CreatedIssue(Output):
    key: str
    id: str


class UpdateIssue(Args):
    issue: IssueKey
    summary: Annotated[str | None, In("body", "fields.summary")] = Field(
        None, min_length=1, max_length=255, description="New title"
    )
    description: Annotated[Document, In("body", "fields.description")] = Field(
        None, max_length=30_000, description="New description, as plain text"
    )
    priority: Annotated[str | None, In("body", "fields.priority.name")] = Field(
        None, max_length=100, description="New priority: High, Medium, Low ..."
    )
    labels: Annotated[list[str] | None, In("body", "fields.labels")] = Field(
        None, max_length=20, description="All labels, in place of the earlier ones"
    )


class Done(Output):
    pass


class AddComment(Args):
    issue: IssueKey
    text: Annotated[str, PlainSerializer(document, when_used="always"), In("body", "body")] = Field(
        min_length=1, max_length=30_000, description="Plain text"
    )


class Transition(Output):
    id: str
    name: str
    to: str | None = Field(None, validation_alias=AliasPath("to", "name"))


class Transitions(Output):
    transitions: list[Transition]


class TransitionIssue(Args):
    issue: IssueKey
    transition_id: Annotated[str, In("body", "transition.id")] = Field(
        pattern=r"^\d{1,10}$", description="Id (jira_list_transitions)"
    )


class ListProjects(Args):
    query: str | None = Field(None, max_length=200, description="A part of the key or name")
    start_at: Annotated[int, In("query", "startAt")] = Field(
        0, ge=0, description="How many to skip; up to total"
    )
    limit: Annotated[int, In("query", "maxResults")] = Field(
        50, ge=1, le=100, description="Projects per page"
    )


class Project(Output):
    key: str
    id: str
    name: str
    kind: str | None = Field(None, validation_alias="projectTypeKey")


class Projects(Output):
    total: int
    is_last: bool = Field(validation_alias="isLast")
    projects: list[Project] = Field(validation_alias="values")


TOOLS = (
    HttpTool(
        name="jira_search_issues",
        description="Search issues with JQL. Returns key, summary, status, assignee, priority.",
        needs=READ,
        effect="read",
        method="GET",
        path="/rest/api/3/search/jql",
        query={"fields": FIELDS},
        args=SearchIssues,
        output=FoundIssues,
        pages=Pages(argument="cursor", next="nextPageToken"),  # fact 4
        examples=({"jql": "project = ENG"}, {"jql": "project = ENG", "limit": 1}),
    ),
    HttpTool(
        name="jira_get_issue",
        description="Read an issue: fields, description and comments as plain text.",
        needs=READ,
        effect="read",
        method="GET",
        path="/rest/api/3/issue/{issue}",
        query={"fields": f"{FIELDS},description,labels,created,comment"},
        args=IssueRef,
        output=WholeIssue,
        examples=({"issue": "ENG-1"},),
    ),
    HttpTool(
        name="jira_create_issue",
        description="Create an issue in a project. Returns its key.",
        needs=WRITE,
        effect="write",
        method="POST",
        path="/rest/api/3/issue",
        args=CreateIssue,
        output=CreatedIssue,
        examples=(
            {"project": "ENG", "summary": "Login fails", "description": "Since noon.\n\nSee log."},
        ),
    ),
    HttpTool(
        name="jira_update_issue",
        description="Change an issue's summary, description, priority or labels.",
        needs=WRITE,
        effect="write",
        method="PUT",
        path="/rest/api/3/issue/{issue}",
        args=UpdateIssue,
        output=Done,
        examples=({"issue": "ENG-1", "priority": "High"},),
    ),
    HttpTool(
        name="jira_add_comment",
        description="Comment on an issue, as the person.",
        needs=WRITE,
        effect="write",
        method="POST",
        path="/rest/api/3/issue/{issue}/comment",
        args=AddComment,
        output=Comment,
        examples=({"issue": "ENG-1", "text": "Seen again today."},),
    ),
    HttpTool(
        name="jira_list_transitions",
        description="List the states that an issue can go to now, with the ids of the steps.",
        needs=READ,
        effect="read",
        method="GET",
        path="/rest/api/3/issue/{issue}/transitions",
        args=IssueRef,
        output=Transitions,
        examples=({"issue": "ENG-1"},),
    ),
    HttpTool(
        name="jira_transition_issue",
        description="Move an issue to another state, by the id of a step.",
        needs=WRITE,
        effect="write",
        method="POST",
        path="/rest/api/3/issue/{issue}/transitions",
        args=TransitionIssue,
        output=Done,
        examples=({"issue": "ENG-1", "transition_id": "31"},),
    ),
    HttpTool(
        name="jira_list_projects",
        description="List or search the projects that the person may see: key, name, kind.",
        needs=READ,
        effect="read",
        method="GET",
        path="/rest/api/3/project/search",
        args=ListProjects,
        output=Projects,
        examples=({}, {"query": "eng", "limit": 1}),
    ),
)
