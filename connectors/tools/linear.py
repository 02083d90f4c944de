"""Tools for Linear: search, list, read, create and change issues, comment on them, list teams.

GraphQL: https://linear.app/developers/graphql

Facts:
1. There is one address, and every request is a POST. The document is a constant: what a caller says
   travels in ``variables`` alone and never becomes a part of the document.
2. A failure is HTTP 200 (or 400) with ``errors``.
3. ``endCursor`` is there on the last page, too: ``hasNextPage`` says if there is another.
4. An issue is named by its UUID or by its identifier (ENG-123).

Unchecked: the schema does not say that a list ordered by ``createdAt`` begins with the newest.
"""

from typing import Annotated

from pydantic import AliasPath, Field

from connectors.tooling import Args, Failure, HttpTool, In, Needs, Output, Pages

FAILURE = Failure(path="errors", message="errors[0].message")  # fact 2
ISSUE = "id identifier title url priority state { name } assignee { id name } team { id key }"

IssueId = Annotated[str, Field(description="UUID or identifier (ENG-123)", max_length=64)]
First = Annotated[int, In("body", "variables.first"), Field(ge=1, le=100, description="Page size")]
After = Annotated[
    str | None, In("body", "variables.after"), Field(description="next_cursor of the page before")
]


class Issue(Output):
    id: str
    identifier: str
    title: str
    url: str
    priority: float | None = None
    state: str | None = Field(None, validation_alias=AliasPath("state", "name"))
    assignee: str | None = Field(None, validation_alias=AliasPath("assignee", "name"))
    assignee_id: str | None = Field(None, validation_alias=AliasPath("assignee", "id"))
    team_id: str | None = Field(None, validation_alias=AliasPath("team", "id"))
    team_key: str | None = Field(None, validation_alias=AliasPath("team", "key"))


class SearchIssues(Args):
    query: Annotated[str, In("body", "variables.term")] = Field(
        min_length=1, max_length=500, description="Words to look for in titles and descriptions"
    )
    include_comments: Annotated[bool, In("body", "variables.includeComments")] = Field(
        False, description="Search comments, too"
    )
    limit: First = 25
    cursor: After = None


class ListIssues(Args):
    team: Annotated[str | None, In("body", "variables.filter.team.key.eq")] = Field(
        None, max_length=20, description="Key of a team (ENG); all teams without it"
    )
    state: Annotated[str | None, In("body", "variables.filter.state.name.eq")] = Field(
        None, max_length=100, description="Name of a state (Todo)"
    )
    limit: First = 25
    cursor: After = None


class ListedIssues(Output):
    issues: list[Issue] = Field(validation_alias=AliasPath("data", "issues", "nodes"))


class FoundIssues(Output):
    issues: list[Issue] = Field(validation_alias=AliasPath("data", "searchIssues", "nodes"))


class GetIssue(Args):
    issue: Annotated[IssueId, In("body", "variables.id")]


class Comment(Output):
    body: str
    author: str | None = Field(None, validation_alias=AliasPath("user", "name"))
    created_at: str = Field(validation_alias="createdAt")


class WholeIssue(Issue):
    description: str | None = None
    due_date: str | None = Field(None, validation_alias="dueDate")
    created_at: str = Field(validation_alias="createdAt")
    updated_at: str = Field(validation_alias="updatedAt")
    comments: list[Comment] = Field(validation_alias=AliasPath("comments", "nodes"))


class GotIssue(Output):
    issue: WholeIssue = Field(validation_alias=AliasPath("data", "issue"))


class CreateIssue(Args):
    team_id: Annotated[str, In("body", "variables.input.teamId")] = Field(
        min_length=1, max_length=64, description="UUID of the team (linear_list_teams)"
    )
    title: Annotated[str, In("body", "variables.input.title")] = Field(
        min_length=1, max_length=500, description="Title"
    )
    body: Annotated[str | None, In("body", "variables.input.description")] = Field(
        None, max_length=60_000, description="Description, in Markdown"
    )
    priority: Annotated[int | None, In("body", "variables.input.priority")] = Field(
        None, ge=0, le=4, description="0 none, 1 urgent, 2 high, 3 medium, 4 low"
    )
    assignee_id: Annotated[str | None, In("body", "variables.input.assigneeId")] = Field(
        None, max_length=64, description="UUID of the person who gets it"
    )
    due_date: Annotated[str | None, In("body", "variables.input.dueDate")] = Field(
        None, pattern=r"^\d{4}-\d{2}-\d{2}$", description="Due date, YYYY-MM-DD"
    )


class CreatedIssue(Output):
    issue: Issue = Field(validation_alias=AliasPath("data", "issueCreate", "issue"))


class UpdateIssue(Args):
    issue: Annotated[IssueId, In("body", "variables.id")]
    title: Annotated[str | None, In("body", "variables.input.title")] = Field(
        None, min_length=1, max_length=500, description="New title"
    )
    body: Annotated[str | None, In("body", "variables.input.description")] = Field(
        None, max_length=60_000, description="New description, in Markdown"
    )
    state_id: Annotated[str | None, In("body", "variables.input.stateId")] = Field(
        None, max_length=64, description="UUID of the new state (linear_list_teams)"
    )
    priority: Annotated[int | None, In("body", "variables.input.priority")] = Field(
        None, ge=0, le=4, description="0 none, 1 urgent, 2 high, 3 medium, 4 low"
    )
    assignee_id: Annotated[str | None, In("body", "variables.input.assigneeId")] = Field(
        None, max_length=64, description="UUID of the person who gets it"
    )


class UpdatedIssue(Output):
    issue: Issue = Field(validation_alias=AliasPath("data", "issueUpdate", "issue"))


class AddComment(Args):
    issue: Annotated[IssueId, In("body", "variables.input.issueId")]
    body: Annotated[str, In("body", "variables.input.body")] = Field(
        min_length=1, max_length=60_000, description="Comment, in Markdown"
    )


class AddedComment(Output):
    id: str = Field(validation_alias=AliasPath("data", "commentCreate", "comment", "id"))
    url: str = Field(validation_alias=AliasPath("data", "commentCreate", "comment", "url"))


class ListTeams(Args):
    limit: First = 25
    cursor: After = None


class State(Output):
    id: str
    name: str
    type: str


class Team(Output):
    id: str
    key: str
    name: str
    states: list[State] = Field(validation_alias=AliasPath("states", "nodes"))


class Teams(Output):
    teams: list[Team] = Field(validation_alias=AliasPath("data", "teams", "nodes"))


TOOLS = (
    HttpTool(
        name="linear_search_issues",
        description="Search issues by words. Returns identifier, title, state, assignee and URL.",
        needs=(Needs("linear", ("read",)),),
        effect="read",
        method="POST",
        path="/graphql",
        body={
            "query": "query Search($term: String!, $includeComments: Boolean, $first: Int,"
            " $after: String) { searchIssues(term: $term, includeComments: $includeComments,"
            f" first: $first, after: $after) {{ nodes {{ {ISSUE} }}"
            " pageInfo { hasNextPage endCursor } } }"
        },
        args=SearchIssues,
        output=FoundIssues,
        failure=FAILURE,
        pages=Pages(
            argument="cursor",
            next="data.searchIssues.pageInfo.endCursor",
            more="data.searchIssues.pageInfo.hasNextPage",  # fact 3
        ),
        examples=({"query": "login"},),
    ),
    HttpTool(
        name="linear_list_issues",
        description="List issues, of a team or in a state: identifier, title, state, assignee, "
        "URL. The newest first.",
        needs=(Needs("linear", ("read",)),),
        effect="read",
        method="POST",
        path="/graphql",
        body={
            "query": "query Issues($filter: IssueFilter, $first: Int, $after: String) {"
            " issues(filter: $filter, first: $first, after: $after, orderBy: createdAt)"
            f" {{ nodes {{ {ISSUE} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        },
        args=ListIssues,
        output=ListedIssues,
        failure=FAILURE,
        pages=Pages(
            argument="cursor",
            next="data.issues.pageInfo.endCursor",
            more="data.issues.pageInfo.hasNextPage",  # fact 3
        ),
        examples=({"limit": 2}, {"team": "ENG", "state": "Todo"}),
    ),
    HttpTool(
        name="linear_get_issue",
        description="Read one issue: description, state, assignee, dates and its first comments.",
        needs=(Needs("linear", ("read",)),),
        effect="read",
        method="POST",
        path="/graphql",
        body={
            "query": f"query Issue($id: String!) {{ issue(id: $id) {{ {ISSUE} description dueDate"
            " createdAt updatedAt comments(first: 50) { nodes { body createdAt user { name } } }"
            " } }"
        },
        args=GetIssue,
        output=GotIssue,
        failure=FAILURE,
        examples=({"issue": "ENG-1"},),
    ),
    HttpTool(
        name="linear_create_issue",
        description="Create an issue in a team. Returns its identifier and URL.",
        needs=(Needs("linear", ("issues:create",)),),
        effect="write",
        method="POST",
        path="/graphql",
        body={
            "query": "mutation CreateIssue($input: IssueCreateInput!) { issueCreate(input: $input)"
            f" {{ success issue {{ {ISSUE} }} }} }}"
        },
        args=CreateIssue,
        output=CreatedIssue,
        failure=FAILURE,
        examples=(
            {
                "team_id": "7ea80000-0000-4000-8000-000000000001",
                "title": 'Fix the "Sign in" button',
                "body": "It does nothing.",
            },
        ),
    ),
    HttpTool(
        name="linear_update_issue",
        description="Change an issue's title, description, state, priority or assignee.",
        needs=(Needs("linear", ("write",)),),
        effect="write",
        method="POST",
        path="/graphql",
        body={
            "query": "mutation UpdateIssue($id: String!, $input: IssueUpdateInput!) {"
            f" issueUpdate(id: $id, input: $input) {{ success issue {{ {ISSUE} }} }} }}",
            "variables": {"input": {}},
        },
        args=UpdateIssue,
        output=UpdatedIssue,
        failure=FAILURE,
        examples=({"issue": "ENG-1", "priority": 1},),
    ),
    HttpTool(
        name="linear_add_comment",
        description="Comment on an issue, as the person. Returns the comment's URL.",
        needs=(Needs("linear", ("comments:create",)),),
        effect="write",
        method="POST",
        path="/graphql",
        body={
            "query": "mutation AddComment($input: CommentCreateInput!) {"
            " commentCreate(input: $input) { success comment { id url } } }"
        },
        args=AddComment,
        output=AddedComment,
        failure=FAILURE,
        examples=({"issue": "ENG-1", "body": "Seen on staging, too."},),
    ),
    HttpTool(
        name="linear_list_teams",
        description="List the teams with the states of their issues, for ids.",
        needs=(Needs("linear", ("read",)),),
        effect="read",
        method="POST",
        path="/graphql",
        body={
            "query": "query Teams($first: Int, $after: String) { teams(first: $first,"
            " after: $after) { nodes { id key name states { nodes { id name type } } }"
            " pageInfo { hasNextPage endCursor } } }"
        },
        args=ListTeams,
        output=Teams,
        failure=FAILURE,
        pages=Pages(
            argument="cursor",
            next="data.teams.pageInfo.endCursor",
            more="data.teams.pageInfo.hasNextPage",  # fact 3
        ),
        examples=({}, {"limit": 1}),
    ),
)
