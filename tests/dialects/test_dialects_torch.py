"""Are the torch dialects PyTorch's optimizers?  Every option, step for step, in float64."""

import warnings

import numpy as np
import pytest
from dialect_cases import OPTIONS, RATES, distance, label, rates, stream
from driven import driven

from minnet import dialects
from minnet.dialects import BY_NAME
from minnet.install import advice

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    torch = pytest.importorskip("torch", reason=f"PyTorch is missing: {advice('dialects')}")

TOLERANCE = 1e-10
CLASSES = {
    "torch.sgd": "SGD",
    "torch.rmsprop": "RMSprop",
    "torch.adagrad": "Adagrad",
    "torch.rprop": "Rprop",
    "torch.adam": "Adam",
    "torch.adadelta": "Adadelta",
}


def path_of_torch(name, options, w0, gradients, at):
    """The path (T + 1, n) of torch.optim, its learning rate set before every step."""
    w = torch.nn.Parameter(torch.tensor(w0, dtype=torch.float64))
    optimizer = getattr(torch.optim, CLASSES[name])([w], lr=at[0], **options)
    path = [w0]
    for g, lr in zip(gradients, at, strict=True):
        for group in optimizer.param_groups:
            group["lr"] = lr
        w.grad = torch.tensor(g, dtype=torch.float64)
        optimizer.step()
        path.append(w.detach().numpy().copy())
    return np.array(path)


@pytest.mark.parametrize("kind", RATES)
@pytest.mark.parametrize("name", CLASSES)
def test_parity_with_torch(name, kind):
    w0, gradients = stream()
    for options in OPTIONS[name]:
        theirs = path_of_torch(name, options, w0, gradients, rates(kind))
        mine = driven(name, options, w0, gradients, rates(kind))
        assert np.isfinite(theirs).all()
        assert distance(mine, theirs) <= TOLERANCE, label(name, options)


@pytest.mark.parametrize("name", CLASSES)
def test_the_defaults_are_those_of_torch(name):
    optimizer = getattr(torch.optim, CLASSES[name])([torch.nn.Parameter(torch.zeros(1))])
    known = optimizer.param_groups[0] | {"initial_accumulator_value": 0}
    arguments = BY_NAME[name]().arguments
    assert {key: known[key] for key in arguments} == dict(arguments)


def test_nesterov_needs_momentum_as_in_torch():
    for options in ({"nesterov": True}, {"nesterov": True, "momentum": 0.9, "dampening": 0.1}):
        with pytest.raises(ValueError, match="nesterov"):
            dialects.torch.SGD(**options)
        with pytest.raises(ValueError, match="Nesterov"):
            torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], **options)
