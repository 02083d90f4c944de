"""GraphQL endpoints: each root field of the schema is a tool."""

from gateway.integrations.graphql.endpoint import GraphQL

GRAPHQL = GraphQL()

__all__ = ["GRAPHQL"]
