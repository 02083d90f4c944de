"""Supabase's APIs: PostgREST (rows), by postgrest.org; sign-up and storage, by supabase.com/docs.

Unconfirmed: the shapes of the answers of auth and storage. Of filters it reads ``eq``.
"""

import re
from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"code": problem.kind, "message": problem.message})


def _state(account: FictionalAccount) -> dict[str, Any]:
    tasks = [
        {"id": number, "title": title, "status": status}
        for number, (title, status) in enumerate(
            (("Plan", "open"), ("Build", "open"), ("Rest", "done")), 1
        )
    ]
    return {"tables": {"tasks": tasks}, "users": {}, "buckets": {"notes": {}}}


API = SimulatedApi("supabase", base="{*.supabase.co}", state=_state, refuse=_error)


@API.route(
    "GET /rest/v1/{table}",
    query={"select?": str, "and?": str, "order?": str, "limit?": int, "offset?": int},
)
def select(call: Request) -> Any:
    table = call.path["table"]
    if table not in call.state["tables"]:
        refuse("PGRST205", f"Could not find the table 'public.{table}' in the schema cache", 404)
    found = call.state["tables"][table]
    for condition in call.query.get("and", "()")[1:-1].split(","):
        if not condition:
            continue
        read = re.fullmatch(r"(\w+)\.eq\.(.+)", condition)
        if read is None or read[1] not in found[0]:
            refuse("PGRST100", f'"failed to parse logic tree ({condition})"')
        found = [each for each in found if str(each[read[1]]) == read[2]]
    names = call.query.get("select", "*")
    if names != "*":
        found = [{name: each[name] for name in names.split(",")} for each in found]
    start = call.query.get("offset", 0)
    return found[start : start + call.query.get("limit", 1000)]


@API.route(
    "POST /auth/v1/signup",
    query={"redirect_to?": str},
    body={"email?": str, "phone?": str, "password": str, "data?": dict},
    effect="user_created",
)
def sign_up(call: Request) -> Any:
    email = call.body.get("email")
    if email is None or len(call.body["password"]) < 6:
        refuse("validation_failed", "Password should be at least 6 characters.", 422)
    if email in call.state["users"]:
        refuse("user_already_exists", "User already registered", 422)
    made = {
        "id": f"3f2a0000-0000-4000-8000-{int(call.new_id()):012}",
        "aud": "authenticated",
        "role": "authenticated",
        "email": email,
        "confirmation_sent_at": call.moment(),
        "user_metadata": call.body.get("data", {}),
        "created_at": call.moment(),
    }
    call.state["users"][email] = made
    return made


@API.route(
    "POST /storage/v1/object/{bucket}/{path*}", body=object, body_format="raw", effect="file_stored"
)
def upload(call: Request) -> Any:
    bucket, path = call.path["bucket"], call.path["path"]
    files = call.found(call.state["buckets"], bucket, "Bucket")
    if path in files:
        refuse("Duplicate", "The resource already exists", 400)
    files[path] = call.body
    key = f"4e1b0000-0000-4000-8000-{int(call.new_id()):012}"
    return {"Id": key, "Key": f"{bucket}/{path}"}
