"""Does the docstring of every public function and class name all its parameters?

Chapters enter CHAPTERS when their docstrings are whole.
"""

import importlib
import inspect
import re

import pytest

from minnet.optimizers.schedules import SCHEDULES

# Module: its public names, or None for all that are defined there without an underscore.
CHAPTERS = {
    "surfaces": None,
    "surfaces.animation": ["animate"],
    "surfaces.film": ["page", "save"],
    "surfaces.player": ["player"],
    "surfaces.trajectories": ["draw"],
    "stepwise": None,
    "methods.fullbatch": ["Minimum", "minimise", "minimise_batches"],
    "methods.vsgd": ["Run", "descend_stream", "noisy_bowls", "train"],
    "net.curvature": ["bbprop", "gauss_newton_diagonal"],
    "net.gradcheck": ["Check", "Worst", "check_gradient"],
    "net.weights": None,
    "dialects.dialect": ["Dialect", "Translation"],
    "optimizers.sgd": None,
    "optimizers.rprop": None,
    "optimizers.rmsprop": None,
    "optimizers.neighbours": None,
    "optimizers.schedules": ["Course", "Schedule", "given", *SCHEDULES],
    "optimizers.ranges": None,
    "ownrules": None,
    "descent.plan": None,
    "racing.checkpoint": None,
    "racing.stopping": None,
}
SECTION = re.compile(
    r"^(Parameters|Attributes)\n-+\n(.*?)(?=\n\n[A-Z][a-z]+\n-+\n|\Z)", re.S | re.M
)


def public():
    for name, names in CHAPTERS.items():
        module = importlib.import_module(f"minnet.{name}")
        names = names or getattr(module, "__all__", None) or [
            key for key, value in vars(module).items()
            if callable(value) and value.__module__ == module.__name__ and key[0] != "_"
        ]  # fmt: skip
        yield from ((f"{name}.{key}", getattr(module, key)) for key in names)


THINGS = {name: thing for name, thing in public() if callable(thing)}


def documented(thing):
    """The names in the sections Parameters and Attributes; `a, b : type` are two."""
    text = inspect.getdoc(thing)
    body = "\n".join(match[2] for match in SECTION.finditer(text))
    return {name for line in re.findall(r"^\w.*$", body, re.M)
            for name in line.partition(" : ")[0].split(", ")}  # fmt: skip


def parameters(thing):
    return {name.lstrip("*") for name in inspect.signature(thing).parameters} - {"self"}


@pytest.mark.parametrize("name", THINGS)
def test_every_parameter_is_documented(name):
    assert not parameters(THINGS[name]) - documented(THINGS[name])


@pytest.mark.parametrize("name", [name for name in THINGS if inspect.isclass(THINGS[name])])
def test_every_method_is_documented_with_its_parameters(name):
    for key, method in vars(THINGS[name]).items():
        own = inspect.isfunction(method) and "<string>" not in method.__code__.co_filename
        if not own or (key.startswith("_") and key != "__call__"):
            continue
        words = set(re.findall(r"\w+", inspect.getdoc(method) or ""))
        assert words and not parameters(method) - words, f"{name}.{key}"


def test_there_is_something_to_look_at():
    assert len(THINGS) > 35 and documented(THINGS["surfaces.roll"]) >= {"surface", "seed"}
