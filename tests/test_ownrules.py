"""Are the rules in a user's file found, and is everything else in it left alone?"""

import inspect
import os
from pathlib import Path

import pytest
from small_races import heavy

import minnet as mn
from minnet.ownrules import rules_in

HEAVY = inspect.getsource(heavy)
pytestmark = pytest.mark.usefixtures("here")


def rules(text, path="mine.py"):
    Path(path).write_text(text)
    return rules_in(path)


def refused(words, text, path="mine.py"):
    with pytest.raises(ValueError, match=words) as refusal:
        rules(text, path)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("path", ["mine.py", "./mine.py", "a folder/mine.py", "rules", "{here}/x"])
def test_a_rule_is_found_wherever_the_file_stands(here, path):
    (here / "a folder").mkdir()
    path = path.format(here=here)
    assert list(rules(HEAVY, path)) == ["heavy"]


def test_only_functions_of_the_file_that_begin_with_w_and_g():
    found = rules(
        "import math\n"
        "from minnet.rules import sgd, momentum\n"
        f"{HEAVY}"
        "light = lambda w, g, lr=0.1: w - lr * g\n"
        "def half(x):\n    return x / 2\n"
        "def other(g, w):\n    return w - half(g)\n"
        "def only(w):\n    return w\n"
        "class rule:\n    def step(w, g):\n        return w\n"
        "number = 3\n"
        "def Plain(w, g):\n    return w - half(g)\n"
    )
    assert sorted(found) == ["heavy", "light", "plain"]
    assert found["plain"](3.0, 2.0) == 2.0 and found["light"](1.0, 1.0) == 0.9


def test_they_can_be_named_in_the_notation():
    mine, sgd = mn.parse("heavy(lr=0.2), sgd", rules(HEAVY))
    assert str(mine) == "heavy(lr=0.2, momentum=0.9)" and sgd.name == "sgd"
    path = mn.replay(mine, 0.0, [1.0, 1.0])
    assert path[:, 0].tolist() == pytest.approx([0, -0.2, -0.58])


def test_a_rule_may_take_the_name_of_a_built_in_one():
    (mine,) = mn.parse("sgd", rules("def sgd(w, g, speed=7.0):\n    return w - speed * g\n"))
    assert str(mine) == "sgd(speed=7)"


def test_the_file_is_run_but_not_as_a_program():
    text = f"{HEAVY}\nif __name__ == '__main__':\n    open('trace', 'w').close()\n"
    assert list(rules(text)) == ["heavy"] and os.listdir() == ["mine.py"]


def test_there_is_no_such_file(here):
    for path in ("none.py", str(here)):
        with pytest.raises(ValueError, match=rf"^--rules {path}: there is no such file$"):
            rules_in(path)


@pytest.mark.parametrize(
    "text",
    ["", "x = 1\n", "def f(x):\n    return x\n", "from minnet.rules import sgd\n",
     "def f(w, *, g):\n    return w\nf = 3\n"],
)  # fmt: skip
def test_a_file_without_rules(text):
    refused(r"^--rules mine.py: no function there takes w, g, ... as a rule does$", text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def f(:\n", "SyntaxError: .*mine.py, line 1"),
        ("1 / 0\n", "ZeroDivisionError: division by zero$"),
        ("import nothing_of_this_name\n", "ModuleNotFoundError: No module named"),
        ("x\n", "NameError: name 'x' is not defined$"),
        ("open('none')\n", "FileNotFoundError: "),
        ("assert False\n", "AssertionError: $"),
        ("\0", "(SyntaxError|ValueError): source code .*null bytes"),
    ],
)
def test_a_file_that_cannot_be_run(text, words):
    refused(f"^--rules mine.py: {words}", text)


def test_a_file_that_is_no_text(here):
    (here / "mine.py").write_bytes(b"\xff\xfe\x80")
    with pytest.raises(ValueError, match=r"^--rules mine.py: SyntaxError: ") as refusal:
        rules_in("mine.py")
    assert "\n" not in str(refusal.value)


def test_an_error_of_many_lines_is_told_in_one():
    refused("ValueError: one", "raise ValueError('one\\ntwo')\n")


def test_a_file_that_exits_does_not_take_minnet_with_it():
    refused("SystemExit", "import sys\nsys.exit()\n")


def test_a_rule_that_is_compiled_already():
    found = rules("import numba\n@numba.njit\ndef mine(w, g, lr=0.1):\n    return w - lr * g\n")
    assert list(found) == ["mine"]


def test_two_rules_that_differ_in_capitals_are_refused():
    text = "def a(w, g):\n    return w - g\ndef A(w, g):\n    return w + g\n"
    refused(r"^--rules mine.py: two rules are called 'a'$", text)
