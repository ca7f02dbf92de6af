"""Does every dialect's docstring name all its hyperparameters, with the defaults that it has?"""

import ast
import inspect
import re

import pytest

from minnet.dialects import BY_NAME


def documented(make):
    """{parameter: the text after its colon} of the section "Parameters"."""
    section = inspect.getdoc(make).split("Parameters\n----------\n")[1].split("\n\n")[0]
    return dict(re.findall(r"^(\w+) : (.+)$", section, re.MULTILINE))


@pytest.mark.parametrize("name", BY_NAME)
def test_every_hyperparameter_is_documented_with_its_default(name):
    parameters = inspect.signature(BY_NAME[name]).parameters
    texts = documented(BY_NAME[name])
    assert list(texts) == list(parameters)
    for parameter in parameters.values():
        _, _, default = texts[parameter.name].partition(", default ")
        if parameter.default is parameter.empty:
            assert not default
        else:
            assert ast.literal_eval(default) == parameter.default, parameter.name


@pytest.mark.parametrize("name", BY_NAME)
def test_what_may_be_a_schedule_is_said_to_be_one(name):
    for parameter in inspect.signature(BY_NAME[name]).parameters.values():
        may_be = "Schedule" in str(parameter.annotation)
        assert may_be == ("Schedule" in documented(BY_NAME[name])[parameter.name]), parameter.name


@pytest.mark.parametrize("name", BY_NAME)
def test_the_library_is_named_and_where_it_differs(name):
    text = inspect.getdoc(BY_NAME[name])
    prefix = {"keras": "keras.optimizers.", "tf1": "tf.compat.v1.train.", "torch": "torch.optim."}
    library = name.split(".")[0]
    assert prefix.get(library, "slide 29" if library == "slide" else "optax.") in text
    assert ".. warning::" in text or name == "tf1.sgd"
