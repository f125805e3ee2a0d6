"""Rules of this house that no linter knows, checked on the syntax tree of every module."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "patchgui"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MAX_LINES = 400
MAX_FUNCTION_LINES = 50


def _name(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.func.attr, node
            elif isinstance(node.func, ast.Name):
                yield node.func.id, node


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_a_module_stays_small(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert not long


@pytest.mark.parametrize("module", [m for m in MODULES if "ui" in m.parts or m.name == "app.py"], ids=_name)
def test_the_window_never_blocks_or_loses_a_task(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    allowed = {"create_task"} if module.name == "task_scope.py" else set()
    forbidden = {"exec", "exec_", "asyncSlot", "asyncClose", "create_task", "ensure_future", "sleep"} - allowed
    found = []
    for name, call in _calls(tree):
        is_asyncio_sleep = (
            name == "sleep" and isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == "asyncio.sleep"
        )
        if name in forbidden and not is_asyncio_sleep:
            found.append(f"line {call.lineno}: {ast.unparse(call)}")
    assert not found


@pytest.mark.parametrize("module", [m for m in MODULES if "ui" in m.parts], ids=_name)
def test_signals_carry_objects_not_containers(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    lossy = [
        f"line {call.lineno}: {ast.unparse(call)}"
        for name, call in _calls(tree)
        if name == "Signal"
        and any(isinstance(a, ast.Name) and a.id in {"dict", "list", "int", "tuple"} for a in call.args)
    ]
    assert not lossy


@pytest.mark.parametrize(
    "module", [m for m in MODULES if "ui" in m.parts and m.name not in {"theme.py", "roles.py"}], ids=_name
)
def test_colours_are_roles_never_written_where_they_are_used(module: Path) -> None:
    assert not re.findall(r"#[0-9a-fA-F]{6}\b", module.read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", MODULES, ids=_name)
def test_nothing_swallows_every_exception(module: Path) -> None:
    if module.name == "app.py" or module == PACKAGE / "agent" / "main.py":
        return
    broad = [
        f"line {node.lineno}"
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
        and not any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
    ]
    assert not broad


@pytest.mark.parametrize("module", TESTS, ids=_name)
def test_tests_never_sleep_to_get_in_step(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    sleeps = [
        f"line {call.lineno}: {ast.unparse(call)}"
        for name, call in _calls(tree)
        if name == "sleep"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, int | float)
        and call.args[0].value > 0.1  # a poll's breath is fine; waiting by guess is not
    ]
    assert not sleeps
