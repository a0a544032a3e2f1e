"""The description of the interface (OpenAPI 3.1), as it really is: problems, required keys, one error shape."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
METHODS = ("get", "post", "put", "delete")
OF_THE_FRAMEWORK = ("HTTPValidationError", "ValidationError")
KEY = "Idempotency-Key"

Description = dict[str, Any]


def describe(app: FastAPI) -> Description:
    """The description of ``app``, made once."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        for operation in operations(made):
            _tell_problems(operation)
            _tell_headers(operation)
        for name in OF_THE_FRAMEWORK:
            made["components"]["schemas"].pop(name, None)
        app.openapi_schema = made
    return app.openapi_schema


def operations(description: Mapping[str, Any]) -> Iterator[Description]:
    for methods in description["paths"].values():
        yield from (operation for method, operation in methods.items() if method in METHODS)


def _tell_problems(operation: Description) -> None:
    """Every refusal is a problem: the framework would describe shapes that are never sent."""
    for code, response in operation["responses"].items():
        if code.startswith(("4", "5")):
            response["content"] = PROBLEM
            if code == "422":
                response["description"] = "The rules say no, or the request is of the wrong shape."


def _tell_headers(operation: Description) -> None:
    """A key that is refused when missing is required, whatever its Python default says."""
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == KEY:
            parameter["required"] = True
            parameter["schema"] = {"type": "string", "format": "uuid"}
