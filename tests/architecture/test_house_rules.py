"""Rules of the house that no other tool keeps."""

import ast
import re
import subprocess

import pytest

from tests.architecture.source import REPOSITORY, modules, nodes

LONGEST_FUNCTION = 50
# Longer than a page, and why it reads better in one piece.
LONG_FUNCTIONS = {
    "qaf/ui/kit.py:context": "the kitchen sink: one long list of examples",
    "qaf/ui/kit.py:_charts": "the kitchen sink: one long list of examples",
    "audits/services/receipts.py:receipt_of_draw": "one document, written out in its own order",
}
# Where the machine's time is meant, and why.
MACHINE_TIME = {
    "qaf/lib/clock.py": "the clock itself",
    "qaf/jobs/services.py": "leases and retries count real seconds, whatever day the demo plays",
    "qaf/jobs/selectors.py": "how long work has waited is real seconds, whatever day the demo plays",
    "qaf/jobs/views.py": "as above",
    "qaf/jobs/beside.py": "leases count real seconds, whatever day the demo plays",
    "qaf/notices/services/relay.py": "an e-mail leaves in real time, whatever day the demo plays",
}
# Status fields that no workflow rules: they tell how far a machine is, not what people decided.
MACHINE_STATUS = {
    "qaf/jobs/services.py": "the claim of a job is a conditional UPDATE of its own, with lease and attempts",
}
# Assignments to something called ``status`` that is no model's field.
OTHER_STATUS = {
    "audits/cases/formats/annex_a.py": "a row being read, not yet a case",
}
# Verbs whose arguments cannot be confused.
BY_POSITION = {"audits/cases/services/exporting.py:write_csv": "a stream, as the csv module takes it"}
# Where no scope is open yet.
BEFORE_A_SCOPE = {"qaf/tenants/accounts.py": "signing in, before a council is known"}
COUNCILS = re.compile(r"durham|slough|hereford|west[ _-]?sussex|sefton", re.IGNORECASE)
COUNCILS_BELONG = re.compile(
    r"^(audits/frameworks/builtin/|qaf/demo/|tests/|docs/|README|CHANGELOG|CONTRIBUTING|script/_bench/)"
)


def test_a_function_fits_on_a_page():
    long = {
        f"{name}:{node.name}": node.end_lineno - node.lineno + 1
        for name, node in nodes(ast.FunctionDef, ast.AsyncFunctionDef)
        if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }
    assert {name: lines for name, lines in long.items() if name not in LONG_FUNCTIONS} == {}
    assert set(LONG_FUNCTIONS) - set(long) == set(), "no longer long: take it off the list"


def test_business_time_is_asked_of_the_clock():
    def is_machine_time(call: ast.Call) -> bool:
        of = call.func
        return (
            isinstance(of, ast.Attribute)
            and of.attr in {"now", "today", "utcnow", "localdate", "localtime"}
            and isinstance(of.value, ast.Name)
            and of.value.id in {"datetime", "date", "timezone"}
        )

    asked = {name for name, call in nodes(ast.Call) if is_machine_time(call)}
    assert asked - set(MACHINE_TIME) == set()
    assert set(MACHINE_TIME) - asked == set()


def _is_copied(value: ast.expr) -> bool:
    """Whether a status is only carried over from another copy of the same row."""
    return isinstance(value, ast.Attribute) and value.attr == "status"


def test_a_status_is_changed_by_its_workflow_alone():
    assigned = {
        f"{name}:{node.lineno}"
        for name, node in nodes(ast.Assign, ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute) and target.attr == "status" and name not in OTHER_STATUS
        if not _is_copied(node.value)
    }
    updated = {
        f"{name}:{call.lineno}"
        for name, call in nodes(ast.Call)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"update", "bulk_update", "update_or_create"}
        and any(keyword.arg == "status" for keyword in call.keywords)
        and name not in MACHINE_STATUS
    }
    assert (assigned, updated) == (set(), set())


def test_no_rule_of_one_council_stands_in_code():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    ).stdout
    names = listed.splitlines() or [*modules()]
    found = []
    for name in names:
        path = REPOSITORY / name
        if COUNCILS_BELONG.match(name) or not path.is_file() or path.suffix not in {
            ".py", ".html", ".txt", ".js", ".css", ".scss", ".toml", ".yml", ".yaml", ".md", "",
        }:  # fmt: skip
            continue
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        ):
            if COUNCILS.search(line):
                found.append(f"{name}:{number}: {line.strip()[:80]}")
    assert found == []


@pytest.mark.parametrize("package", ["services", "selectors", "models", "workflow", "enums"])
def test_rules_never_see_a_request(package):
    takes = [
        f"{name}:{node.name}"
        for name, node in nodes(ast.FunctionDef)
        if f"/{package}" in name and not name.startswith("qaf/ui/")
        for argument in [*node.args.args, *node.args.kwonlyargs]
        if argument.arg == "request"
    ]
    assert takes == []


def test_the_verbs_that_an_app_offers_take_their_arguments_by_name():
    offered: dict[str, set[str]] = {}
    for name, tree in modules().items():
        if name.endswith("/services/__init__.py"):
            names = {
                alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
            }
            offered[name.removesuffix("__init__.py")] = names
    assert len(offered) > 5
    by_position = [
        f"{name}:{node.name}"
        for name, tree in modules().items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and node.name in offered.get(name.rpartition("/")[0] + "/", ())
        and len(node.args.args) > 1
    ]
    assert by_position == [*BY_POSITION]


def test_no_list_joins_what_the_scope_knows():
    """A council, and a framework's whole text, would come with every row."""
    joined = []
    for name, call in nodes(ast.Call):
        if not (isinstance(call.func, ast.Attribute) and call.func.attr == "select_related"):
            continue
        words = [one.value for one in ast.walk(call) if isinstance(one, ast.Constant)]
        known = [one for one in words if str(one).split("__")[-1] in ("authority", "framework_version")]
        joined += [f"{name}: {one}" for one in known if name not in BEFORE_A_SCOPE]
    assert joined == []
