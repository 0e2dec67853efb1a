"""Every sentence that the service can say about a transit, found in its source.

Nothing is listed by hand: calls that make a reason, an alarm, a call for the officer or a refusal
are looked up in the syntax tree, and their words followed through variables, constants, loops
over literal tables and other functions. What is only known at run time is a place: ``PLACE``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import devices
import gate
import schemas

PLACE = "{}"
FOLDERS = [
    *(Path(gate.__path__[0]) / part for part in ("core", "app", "store", "web/console")),
    *(Path(package.__path__[0]) for package in (devices, schemas)),
]
WORDS_OF: dict[str, tuple[int | None, tuple[str, ...]]] = {
    "reason": (1, ("text",)),
    "alarm": (2, ("text",)),
    "raise_alarm": (None, ("text",)),
    "PartTroubled": (None, ("text", "doubt")),
    "replace": (None, ("doubt",)),
    "CallOfficer": (None, ("why",)),
    "to_officer": (2, ("why",)),
    "DecisionFailed": (None, ("why",)),
    "_refuse_yes": (1, ("why",)),
    "_lose": (2, ("why",)),
    "Ignore": (None, ("because",)),
    "ignore": (1, ("because",)),
    "DatabaseDown": (0, ()),
    "DatabaseBusy": (0, ()),
    "IllegalTransitionError": (0, ()),
    "AlreadyUsed": (0, ()),
    "PolicyChanged": (0, ()),
    "Fault": (None, ("text",)),
    "_fault": (2, ()),
}
"""Call: which argument is words that reach a reader, by position and by name."""
KIND_OF: dict[str, int | None] = {"alarm": 1, "raise_alarm": None, "PartTroubled": None}
"""Call that raises an alarm: where its kind stands, unless it is named ``kind``."""
RETURNED = {("words.py", None), ("broker_watch.py", "_wrong")}
"""Module and function (None: each) whose answers are words."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, kw_only=True)
class Said:
    """Words as they stand in the source: ``whole``, each way they can come out; ``short``, with
    every value a place, and the ``parts`` in words that may stand there.
    """

    where: str
    whole: frozenset[str]
    short: str
    parts: frozenset[str]


@cache
def modules() -> dict[Path, ast.Module]:
    """The syntax tree of every module."""
    paths = sorted(path for folder in FOLDERS for path in folder.rglob("*.py"))
    return {path: ast.parse(path.read_text("utf-8")) for path in paths}


@cache
def functions() -> dict[str, Function]:
    """Functions by name, where only one has it."""
    found: dict[str, list[Function]] = {}
    for tree in modules().values():
        for node in ast.walk(tree):
            if isinstance(node, Function):
                found.setdefault(node.name, []).append(node)
    return {name: nodes[0] for name, nodes in found.items() if len(nodes) == 1}


@cache
def constants() -> dict[str, list[ast.expr]]:
    """What is assigned in a module's outermost block."""
    found: dict[str, list[ast.expr]] = {}
    for tree in modules().values():
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def all_said() -> list[Said]:
    """All words of the service about a transit."""
    return [
        said
        for path, tree in modules().items()
        for function in ast.walk(tree)
        if isinstance(function, Function)
        for words in _words(path.name, function)
        for said in _said(path.name, words, function)
    ]


def all_kinds() -> set[str]:
    """All kinds of alarms that the service raises."""
    return {
        kind
        for tree in modules().values()
        for function in ast.walk(tree)
        if isinstance(function, Function)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and _name(call) in KIND_OF
        for given in _arguments(call, KIND_OF[_name(call)], ("kind",))
        for kind in _texts(given, function)
        if kind != PLACE
    }


def all_actions() -> set[str]:
    """All acts of administration that the service writes in the audit."""
    return {
        action
        for call, function in calls().get("administer", [])
        for given in _arguments(call, None, ("action",))
        for action in _given(given, function)
        if action != PLACE
    }


def all_codes(of: str) -> set[str]:
    """The codes that an error is raised with: its first argument."""
    return {
        code
        for call, function in calls().get(of, [])
        for given in call.args[:1]
        for code in _given(given, function)
        if code != PLACE
    }


@cache
def calls() -> dict[str, list[tuple[ast.Call, Function]]]:
    """Every call by the called name, with the function it stands in."""
    found: dict[str, list[tuple[ast.Call, Function]]] = {}
    for tree in modules().values():
        for function in ast.walk(tree):
            if isinstance(function, Function):
                for call in ast.walk(function):
                    if isinstance(call, ast.Call):
                        found.setdefault(_name(call), []).append((call, function))
    return found


@cache
def homes() -> dict[Function, Path]:
    """The module of each function."""
    return {
        node: path
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, Function)
    }


def _calls_of(function: Function) -> Iterator[tuple[ast.Call, Function]]:
    """Calls from the function's own module, or through that module's name."""
    home = homes()[function]
    for call, caller in calls().get(function.name, []):
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        through = isinstance(owner, ast.Name) and owner.id == home.stem
        if caller is not function and (through or homes()[caller] == home):
            yield call, caller


def _given(node: ast.expr, function: Function) -> list[str]:
    """The texts of an expression; a parameter is what the calls of its function give for it."""
    match node:
        case ast.JoinedStr():
            parts = [_given(part, function) for part in node.values]
            return ["".join(chosen) for chosen in product(*parts)]
        case ast.FormattedValue():
            return _given(node.value, function)
        case ast.Name() if node.id in _parameters(function):
            at = _parameters(function).index(node.id)
            return [
                text
                for call, caller in _calls_of(function)
                for given in _arguments(call, at, (node.id,))
                for text in _given(given, caller)
            ]
    return _texts(node, function)


def _words(module: str, function: Function) -> Iterator[ast.expr]:
    answers = {(module, None), (module, function.name)} & RETURNED
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and _name(node) in WORDS_OF:
            yield from _arguments(node, *WORDS_OF[_name(node)])
        elif answers and isinstance(node, ast.Return) and node.value is not None:
            yield node.value
        elif answers and isinstance(node, ast.Call) and _name(node) == "append":
            yield from node.args


def _said(module: str, words: ast.expr, function: Function) -> Iterator[Said]:
    for form, inside in _forms(words, function):
        whole = frozenset(_texts(form, inside)) - {PLACE, ""}
        if whole:
            short, parts = _apart(form, inside)
            yield Said(where=f"{module}:{form.lineno}", whole=whole, short=short, parts=parts)


def _forms(words: ast.expr, function: Function) -> Iterator[tuple[ast.expr, Function]]:
    """The literal forms that words take, each with the function that knows its variables."""
    match words:
        case ast.JoinedStr() | ast.Constant():
            yield words, function
        case ast.IfExp():
            yield from _forms(words.body, function)
            yield from _forms(words.orelse, function)
        case ast.Name():
            for value in _assigned(words.id, function):
                yield from _forms(value, function)
        case ast.Call() if _name(words) in functions():
            called = functions()[_name(words)]
            for value in _returned(called):
                yield from _forms(value, called)


def _apart(form: ast.expr, function: Function) -> tuple[str, frozenset[str]]:
    if not isinstance(form, ast.JoinedStr):
        return _texts(form, function)[0], frozenset()
    short, parts = "", set()
    for part in form.values:
        if isinstance(part, ast.FormattedValue):
            short += PLACE
            parts |= set(_texts(part.value, function)) - {PLACE, ""}
        else:
            short += _texts(part, function)[0]
    return short, frozenset(parts)


def _texts(node: ast.expr, function: Function) -> list[str]:
    """Every text that the expression can be, with places where the source does not tell."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr():
            parts = [_texts(part, function) for part in node.values]
            return ["".join(chosen) for chosen in product(*parts)]
        case ast.BinOp(op=ast.Add()):
            sides = _texts(node.left, function), _texts(node.right, function)
            numbers = sides == ([PLACE], [PLACE])
            return [PLACE] if numbers else ["".join(pair) for pair in product(*sides)]
        case ast.FormattedValue():
            return _texts(node.value, function)
        case ast.IfExp():
            return _texts(node.body, function) + _texts(node.orelse, function)
        case ast.BoolOp():
            return [text for value in node.values for text in _texts(value, function)]
        case ast.Name():
            values = _assigned(node.id, function)
            return [text for value in values for text in _texts(value, function)] or [PLACE]
        case ast.Call() if _name(node) in functions():
            called = functions()[_name(node)]
            return [t for value in _returned(called) for t in _texts(value, called)] or [PLACE]
    return [PLACE]


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _arguments(call: ast.Call, at: int | None, names: tuple[str, ...]) -> Iterator[ast.expr]:
    if at is not None and len(call.args) > at:
        yield call.args[at]
    yield from (given.value for given in call.keywords if given.arg in names)


def _parameters(function: Function) -> list[str]:
    names = [one.arg for one in (*function.args.args, *function.args.kwonlyargs)]
    return [name for name in names if name != "self"]


def _returned(function: Function) -> list[ast.expr]:
    return [n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value]


def _assigned(name: str, function: Function) -> list[ast.expr]:
    """What a name may stand for: assignments, literal tables looped over, else a constant."""
    if name in _parameters(function):
        return []
    found: list[ast.expr] = []
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)]) if target == name:
                found.append(node.value)
            case ast.For(target=ast.Tuple(elts=targets), iter=ast.Tuple(elts=rows)):
                for at, one in enumerate(targets):
                    if isinstance(one, ast.Name) and one.id == name:
                        found += [row.elts[at] for row in rows if isinstance(row, ast.Tuple)]
    return found or (constants().get(name, []) if name.isupper() else [])
