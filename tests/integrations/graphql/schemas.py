"""Schemas of the tests, and the operations that are read from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gateway.engine.integration import Definition, Skipped
from gateway.integrations.graphql.document import read_document
from gateway.integrations.graphql.operations import operations

SHOP = '''
"""A shop."""
schema { query: Root mutation: Changes subscription: Events }
type Root {
  "Find a pet by its id."
  pet(id: ID!): Pet
  pets(first: Int = 10, species: [Species!], where: Filter, select: String): PetPage!
  anything(name: String!): [Found!]!
  now: Date
  "Old." old: String @deprecated(reason: "Use now.")
}
type Changes {
  renamePet(id: ID!, name: String, tags: [String], details: Details!): Renamed
  closeShop: Boolean
}
type Events { petAdded: Pet }
enum Species { CAT DOG DODO @deprecated }
scalar Date
input Filter { name: String, not: Filter, any: [Filter!], born: Date }
input Details { weight: Float! = 1.5, photo: Photo! }
input Photo { url: String! uri: String @deprecated }
interface Animal { id: ID! name: String! }
type Pet implements Animal {
  id: ID! name: String! species: Species! apiToken: String
  visits(first: Int, reason: String!): [Visit!]!
  friends(first: Int): PetPage
  owner: Owner
  gone: String @deprecated
}
extend type Pet { born: Date }
type Owner { id: ID! name: String! pets: [Pet!]! }
type Visit { on: Date pet: Pet }
type PetPage { nodes: [Pet!]! pageInfo: Page total: Int nextPageToken: String }
type Page { hasNextPage: Boolean! endCursor: String }
type Renamed { requestId: String pet: Pet }
union Found = Pet | Owner
'''
"""A little of everything that schemas have."""


Operations = tuple[dict[str, Definition], list[Skipped]]


def read(document: str | Mapping[str, Any]) -> Operations:
    """The operations of SDL, or of the answer to an introspection, by name."""
    text = document if isinstance(document, str) else json.dumps(document)
    found, skipped = operations(read_document(text.encode()))
    return {each.name: each for each in found}, list(skipped)


def named(name: str, *wrappers: str) -> dict[str, Any]:
    """A reference to a type in an introspection, in the order of its wrappers from outside."""
    inner: dict[str, Any] = {"kind": "SCALAR", "name": name}
    for wrapper in reversed(wrappers):
        inner = {"kind": wrapper, "name": None, "ofType": inner}
    return inner


def introspection(
    *fields: Mapping[str, Any], types: tuple[Any, ...] = (), **root: Any
) -> dict[str, Any]:
    """The answer to an introspection whose query type has ``fields``."""
    query = {"kind": "OBJECT", "name": "Query", "fields": list(fields)}
    roots = {"queryType": {"name": "Query"}, "mutationType": None} | root
    return {"data": {"__schema": roots | {"types": [query, *types]}}}


def a_field(name: str, **members: Any) -> dict[str, Any]:
    """A field that returns a string."""
    return {"name": name, "args": [], "type": named("String")} | members
