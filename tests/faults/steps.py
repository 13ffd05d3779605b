"""Reads from the code which functions write to the database, and which calls are made."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

from tests.faults.passing import WRITES, name_of, remote_calls

PROJECT = Path(__file__).resolve().parents[2]
WRITING_CALLS = {
    *("create", "get_or_create", "update_or_create", "bulk_create", "bulk_update"),
    *("update", "delete", "save"),
}


@cache
def writers(module_name: str, listed: tuple[str, ...] = ()) -> set[str]:
    """Short names of the module's functions that open a transaction or write rows.

    Also of those that have it done by a module of the site which is not `listed`
    beside this one.
    """
    module = importlib.import_module(module_name)
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    statements, others = _written_out(module), _hands(module, listed)
    return {
        name_of(module_name, function.name)
        for function in _functions(tree)
        if any(
            _writes(node, statements) or _called(node) in others
            for node in ast.walk(function)
        )
    }


def calls_made() -> set[str]:
    """The client's public calls that the pattern or the site makes somewhere."""
    known = set(remote_calls())
    made: set[str] = set()
    for top in ("memory", "chatapp"):
        for path in (PROJECT / top).rglob("*.py"):
            if path.name == "calls.py" or "operations" in path.parts:
                continue  # where they are defined; what the operator's checks ask
            tree = ast.parse(path.read_text(encoding="utf-8"))
            made |= {
                node.func.attr
                for node in ast.walk(tree)
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in known
                and _is_client(node.func.value)
            }
    return made


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node


def _written_out(module: ModuleType) -> set[str]:
    """Names of the module's constants that hold a statement that writes."""
    return {
        name
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and WRITES.search(value)
    }


def _hands(module: ModuleType, listed: tuple[str, ...]) -> set[str]:
    """What others write for this module, as it calls it: `steps.close`."""
    if not listed:
        return set()
    return {
        f"{name}.{function}"
        for name, other in vars(module).items()
        if isinstance(other, ModuleType)
        and other.__name__.startswith("chatapp.")
        and other.__name__ not in listed
        for function in vars(other)
        if name_of(other.__name__, function)
        in writers(other.__name__, (*listed, module.__name__))
    }


def _called(node: ast.AST) -> str:
    """`module.function` of a call, "" for any other node."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=function)):
            return f"{module}.{function}"
    return ""


def _writes(node: ast.AST, statements: set[str]) -> bool:
    if isinstance(node, ast.Name) and node.id in statements:
        return True
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    called = node.func
    if called.attr == "atomic":
        return True
    return called.attr in WRITING_CALLS and not _is_dictionary(called.value)


def _is_dictionary(value: ast.expr) -> bool:
    """`values.update(...)` on a plain name in lower case is no query of a model."""
    return isinstance(value, ast.Dict)


def _is_client(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id in {"memory", "client"}
