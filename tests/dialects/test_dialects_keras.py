"""Are the keras dialects Keras's optimizers?  Every option, step for step, in double precision.

Keras computes with the first of its backends that is installed; its settings go to a folder of the
test's own, so that importing it writes nothing into the user's home.
"""

import atexit
import importlib.util
import os
import shutil
import tempfile
import warnings

import numpy as np
import pytest
from dialect_cases import OPTIONS, RATES, distance, label, rates, stream
from driven import driven

from minnet.dialects import BY_NAME
from minnet.install import advice

BACKEND = next((b for b in ("torch", "jax", "tensorflow") if importlib.util.find_spec(b)), None)
if BACKEND is None:
    pytest.skip(f"Keras has no backend: {advice('dialects')}", allow_module_level=True)
os.environ.setdefault("KERAS_BACKEND", BACKEND)
HOME = tempfile.mkdtemp(prefix="keras-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ.setdefault("KERAS_HOME", HOME)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    keras = pytest.importorskip("keras", reason=f"Keras is missing: {advice('dialects')}")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:keras")
TOLERANCE = 1e-10
CLASSES = {
    "keras.sgd": "SGD",
    "keras.rmsprop": "RMSprop",
    "keras.adagrad": "Adagrad",
    "keras.adam": "Adam",
    "keras.adadelta": "Adadelta",
}


@pytest.fixture(autouse=True)
def double_precision():
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx(before)


def path_of_keras(name, options, w0, gradients, at):
    """The path (T + 1, n) of keras.optimizers, its learning rate assigned before every step."""
    w = keras.Variable(w0, dtype="float64")
    optimizer = getattr(keras.optimizers, CLASSES[name])(learning_rate=at[0], **options)
    optimizer.build([w])
    path = [w0]
    for g, lr in zip(gradients, at, strict=True):
        optimizer.learning_rate = lr
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype="float64")], [w])
        path.append(keras.ops.convert_to_numpy(w.value).copy())
    return np.array(path)


@pytest.mark.parametrize("kind", RATES)
@pytest.mark.parametrize("name", CLASSES)
def test_parity_with_keras(name, kind):
    w0, gradients = stream()
    for options in OPTIONS[name]:
        theirs = path_of_keras(name, options, w0, gradients, rates(kind))
        mine = driven(name, options, w0, gradients, rates(kind))
        assert np.isfinite(theirs).all()
        assert distance(mine, theirs) <= TOLERANCE, label(name, options)


@pytest.mark.parametrize("name", CLASSES)
def test_the_defaults_are_those_of_keras(name):
    known = getattr(keras.optimizers, CLASSES[name])().get_config()
    assert BY_NAME[name]().arguments == {
        k: pytest.approx(known[k], rel=1e-7) if isinstance(known[k], float) else known[k]
        for k in BY_NAME[name]().arguments
    }
