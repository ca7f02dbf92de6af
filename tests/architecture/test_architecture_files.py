"""Names and lengths of the package's files, and the README's commands."""

import ast
import re

import pytest
from package_sources import FILES, PACKAGE, PAGE, PAGES_LINES, ROOT, parsed, short_name

MOST_LINES = 320
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "core", "base", "common", "misc"}


# ---------------------------------------------------------------------------- names and lengths


@pytest.mark.parametrize("path", FILES, ids=short_name)
def test_names_say_what_is_inside(path):
    assert not NAMES_THAT_SAY_NOTHING & set(path.relative_to(PACKAGE).with_suffix("").parts)


@pytest.mark.parametrize("path", FILES, ids=short_name)
def test_files_are_short(path):
    most = PAGES_LINES if path == PAGE else MOST_LINES
    assert len(path.read_text().splitlines()) <= most


@pytest.mark.parametrize("path", FILES, ids=short_name)
def test_every_file_opens_with_its_story(path):
    assert ast.get_docstring(parsed(path))


@pytest.mark.parametrize(
    "path",
    [p for p in FILES if p.name == "__init__.py" and "\n- `" in p.read_text()],
    ids=short_name,
)
def test_a_table_of_contents_names_all_files_of_its_folder(path):
    lines = re.findall(r"^- .*$", ast.get_docstring(parsed(path)), re.M)
    named = {name for line in lines for name in re.findall(r"`(\w+)`", line)}
    assert {p.stem for p in path.parent.glob("*.py")} - {"__init__"} <= named


# ---------------------------------------------------------------------------- the README's commands


def commands(text):
    """The shell blocks of a README."""
    return [block.strip() for block in re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M)]


def test_one_line_runs_the_race_and_one_line_the_tests():
    race, tests = commands((ROOT / "README.md").read_text())[:2]
    for command in (race, tests):
        assert "\n" not in command and command.startswith("python3 -m venv .venv && ")
    assert race.endswith(".venv/bin/minnet race") and tests.endswith(".venv/bin/python -m pytest")


def test_continuous_integration_runs_the_tests_as_the_readme_does():
    _, tests = commands((ROOT / "README.md").read_text())[:2]
    assert tests in (ROOT / ".ci/run").read_text().splitlines()
