"""What a reader sees first: `import minnet` is quick, and every public name is explained."""

import inspect
import types
from pathlib import Path

import pytest
from new_python import printed

import minnet


def python(code):
    """What a new Python prints when it runs `code`, with warnings as errors."""
    return printed(code, flags=("-W", "error"))


def test_import_loads_nothing_heavy():
    loaded = python("import minnet, sys; print(*sys.modules, sep='\\n')").splitlines()
    assert "minnet" in loaded
    heavy = ("numba", "llvmlite", "matplotlib", "scipy", "numpy", "tqdm", "threadpoolctl")
    assert not [name for name in loaded if name.split(".")[0] in heavy]


def test_looking_for_a_name_that_is_not_there_loads_nothing_heavy():
    out = python("import minnet, sys; print(hasattr(minnet, 'rase'), 'numba' in sys.modules)")
    assert out.split() == ["False", "False"]


def test_plans_and_data_need_no_numba():
    out = python(
        "import minnet as mn, sys; mn.Plan(5, 2, 1).hash; mn.from_arrays([[0.], [1.]], [0., 1.5],"
        " validation=0, test=0); print('numba' in sys.modules)"
    )
    assert out.strip() == "False"


@pytest.mark.parametrize("name", minnet._MODULES)
def test_every_public_module_is_there_and_explained(name):
    assert isinstance(getattr(minnet, name), types.ModuleType)
    chapter = minnet._MODULES[name]
    assert getattr(minnet, name).__name__ == ".".join(filter(None, ["minnet", chapter, name]))
    assert len(getattr(minnet, name).__doc__) > 20


@pytest.mark.parametrize("name", minnet._HOME)
def test_every_public_name_is_there_and_explained(name):
    thing = getattr(minnet, name)
    assert callable(thing)
    assert inspect.getdoc(thing) and len(inspect.getdoc(thing)) > 20
    assert thing.__name__ == name
    # a docstring of its own, not the signature that a dataclass gets by itself
    assert not inspect.getdoc(thing).startswith(f"{name}(")


@pytest.mark.parametrize("name", minnet._HOME)
def test_help_begins_with_words(name, capsys):
    """The first sentence comes soon: no signature writes out what NumPy's types stand for."""
    thing = getattr(minnet, name)
    most = max(400, 50 * len(inspect.signature(thing).parameters))
    assert len(str(inspect.signature(thing))) < most
    help(thing)
    sentence = inspect.getdoc(thing).splitlines()[0]
    out = " ".join(capsys.readouterr().out.split())  # Python 3.13 gives every parameter a line
    assert out.index(" ".join(sentence.split())) < most + 100


def test_the_public_names_are_listed():
    assert sorted(minnet.__all__) == sorted({*minnet._HOME, *minnet._MODULES})
    assert len(set(minnet.__all__)) == len(minnet.__all__)
    assert set(minnet.__all__) <= set(dir(minnet))
    assert {"MLP", "race", "load", "SGD", "Rprop", "Adagrad", "RMSprop"} <= set(minnet.__all__)
    assert {"Schedule", "Criterion", "schedules", "stopping"} <= set(minnet.__all__)
    assert minnet.__version__.count(".") == 2


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'minnet' has no attribute 'rase'"):
        minnet.rase  # noqa: B018
    with pytest.raises(ImportError):
        from minnet import rase  # noqa: F401


@pytest.mark.slow
def test_help_works():
    text = python("import minnet; help(minnet)")
    assert "Train one net with many update rules" in text
    for name in ("MLP", "race", "RMSprop", "replay"):
        assert name in text


@pytest.mark.slow
def test_everything_at_once():
    out = python("from minnet import *; print(race.__name__, MLP.__name__, RMSprop())")
    assert out.startswith("race MLP rmsprop(lr=0.001")


@pytest.mark.slow
def test_no_module_hides_a_public_name():
    """Importing a module sets it as an attribute: none may bear the name of a function."""
    package = Path(minnet.__file__).parent
    modules = {path.stem for path in package.iterdir() if path.suffix in ("", ".py")}
    assert len(modules) > 15 and not modules & set(minnet._HOME)
    imports = "\n".join(f"import minnet.{name}" for name in sorted(set(minnet._HOME.values())))
    python(
        f"import minnet, types\n{imports}\n"
        "for name in minnet.__all__:\n"
        "    is_module = isinstance(getattr(minnet, name), types.ModuleType)\n"
        "    assert is_module == (name in minnet._MODULES), name"
    )


def test_the_example_of_the_package_runs():
    """As a reader types it: in a new Python, with the names in this order."""
    out = python(
        "import minnet as mn\n"
        "net = mn.MLP([2, 3, 2], hidden='tanh')\n"
        "data = mn.load('moons', cases=60)\n"
        "print(mn.race(net, data, [mn.SGD(0.5), mn.Rprop()], epochs=2, seed=6, batch_size=8))\n"
    )
    assert out.startswith("optimizer") and "sgd(lr=0.5)" in out and "rprop" in out
