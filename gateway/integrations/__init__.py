"""APIs that a tenant adds by URL: OpenAPI documents, GraphQL endpoints, remote MCP servers."""
