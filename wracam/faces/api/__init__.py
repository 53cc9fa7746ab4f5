"""The REST shell: keys and scopes, paging, idempotency, problems, limits, OpenAPI."""
