"""The smallest valid instance of a JSON schema, for schemas the model has no rules for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded.llm.wire import BadRequestError

_DEPTH = 12


def smallest_instance(schema: Mapping[str, Any], depth: int = 0) -> Any:
    """Build an instance with as little in it as the schema allows.

    Raises BadRequestError for what it cannot fill (references, recursion).
    """
    if depth > _DEPTH or "$ref" in schema:
        message = "The scripted model cannot fill this schema."
        raise BadRequestError(message, param="response_format.json_schema.schema")
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    for choice in ("anyOf", "oneOf", "allOf"):
        if schema.get(choice):
            return smallest_instance(schema[choice][0], depth + 1)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = "null" if "null" in kind else kind[0]
    match kind:
        case "object":
            properties = schema.get("properties", {})
            return {
                name: smallest_instance(properties.get(name, {}), depth + 1)
                for name in schema.get("required", ())
            }
        case "array":
            item = schema.get("items", {})
            least = schema.get("minItems", 0)
            return [smallest_instance(item, depth + 1) for _ in range(least)]
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return False
        case "string":
            return "x" * schema.get("minLength", 0)
    return None
