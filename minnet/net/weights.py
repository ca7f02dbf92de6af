"""A net's weights on disk, with the description of their net; and in the shapes of other libraries.

n  weights    W (fan-in, fan-out) here, (fan-out, fan-in) in PyTorch
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from .. import archive
from ..install import advice
from .mlp import MLP

FORMAT = "minnet weights 1"


def save(path, net: MLP, w: np.ndarray) -> None:
    """Write weights (n,) and their net's description to an .npz, atomically.

    Raises
    ------
    ValueError
        If there are not n weights, or the file's ending is not .npz.
    """
    (w,) = net.checked(w)
    if Path(path).suffix != ".npz":
        raise ValueError(f"weights are saved as .npz, got {str(path)!r}")
    archive.write(Path(path), {"format": FORMAT, "net": net.settings()}, {"w": w})


def load(path) -> tuple[MLP, np.ndarray]:
    """The net and its weights (n,), as `save` wrote them.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is damaged, or holds something else.
    """
    text, arrays = archive.read(Path(path), "file of weights", FORMAT)
    try:
        net = MLP(**text["net"])
        return net, net.checked(arrays["w"])[0]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{str(path)!r} is not a usable file of weights: {error}") from None


def load_into(path, net: MLP) -> np.ndarray:
    """Weights (n,) for `net` from a file; refuses those of a net of other sizes.

    Raises
    ------
    ValueError
        If the file's net has other sizes or biases.
    """
    there, w = load(path)
    if (there.sizes, there.biases) != (net.sizes, net.biases):
        raise ValueError(f"{str(path)!r} holds a net {there.describe()}; this is {net.describe()}")
    return w


def to_state_dict(net: MLP, w: np.ndarray) -> dict[str, np.ndarray]:
    """Copies of the weights as PyTorch's `nn.Sequential` names and shapes them.

    Layer k of weights is module 2k (units stand between): ``"0.weight"`` (fan-out, fan-in),
    ``"0.bias"`` (fan-out,), ``"2.weight"``, ...

    Examples
    --------
    >>> net = MLP([2, 3, 1], loss="squared")
    >>> {name: array.shape for name, array in to_state_dict(net, net.start()).items()}
    {'0.weight': (3, 2), '0.bias': (3,), '2.weight': (1, 3), '2.bias': (1,)}
    """
    (w,) = net.checked(w)
    state = {}
    for k, (matrix, biases) in enumerate(net.named(w)):
        state[f"{2 * k}.weight"] = np.ascontiguousarray(matrix.T)
        if biases is not None:
            state[f"{2 * k}.bias"] = biases.copy()
    return state


def from_state_dict(net: MLP, state: Mapping, dtype="float32") -> np.ndarray:
    """Weights (n,) from a mapping as `to_state_dict` makes it; tensors and arrays both do.

    Raises
    ------
    ValueError
        If a name is missing or left over, or a shape does not fit.
    """
    wanted = to_state_dict(net, np.zeros(net.n_weights, dtype))
    if set(wanted) != set(state):
        raise ValueError(f"this net needs {', '.join(wanted)}; got {', '.join(map(str, state))}")
    w = np.empty(net.n_weights, dtype)
    for k, (matrix, biases) in enumerate(net.named(w)):
        for kind, target in (("weight", matrix.T), ("bias", biases)):
            name = f"{2 * k}.{kind}"
            if target is None:
                continue
            given = np.asarray(state[name])
            if given.shape != target.shape:
                raise ValueError(f"{name} must be {target.shape} for this net, got {given.shape}")
            target[...] = given
    return w


def save_safetensors(path, net: MLP, w: np.ndarray) -> None:
    """Write the state dict as safetensors (needs the package of that name)."""
    _safetensors().save_file(to_state_dict(net, w), path)


def load_safetensors(path, net: MLP, dtype="float32") -> np.ndarray:
    """Weights (n,) for `net` from a safetensors file."""
    return from_state_dict(net, _safetensors().load_file(path), dtype)


def _safetensors():
    try:
        import safetensors.numpy
    except ImportError:
        raise ImportError(f"safetensors is not installed: {advice('weights')}") from None
    return safetensors.numpy
