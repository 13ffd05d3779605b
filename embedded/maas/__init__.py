"""A memory service that speaks the documented MaaS HTTP API, on PostgreSQL."""
