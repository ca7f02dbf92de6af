"""Files of a net's weights, with the net's description; state dicts and safetensors for PyTorch.

n  weights    W (fan-in, fan-out) here, (fan-out, fan-in) in PyTorch
"""

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import DTypeLike

from .. import archive
from ..install import advice
from .mlp import MLP

FORMAT = "minnet weights 1"


def save(path: Path | str, net: MLP, w: np.ndarray) -> None:
    """Write weights and their net's description to an .npz file, atomically.

    Parameters
    ----------
    path : path or str
        A file that ends in .npz; one that is there is replaced.
    net : MLP
        Its start weights (`init`) are not described.
    w : (n,) array
        float32 or float64, which the file keeps.

    Raises
    ------
    ValueError
        If there are not n weights, or the file's ending is not .npz.
    OSError
        If the file cannot be written.
    """
    (w,) = net.checked(w)
    if Path(path).suffix != ".npz":
        raise ValueError(f"weights are saved as .npz, got {str(path)!r}")
    archive.write(Path(path), {"format": FORMAT, "net": net.settings()}, {"w": w})


def load(path: Path | str) -> tuple[MLP, np.ndarray]:
    """The net and its weights (n,), as `save` wrote them.

    Parameters
    ----------
    path : path or str

    Returns
    -------
    net : MLP
    w : (n,) float32 or float64

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


def load_into(path: Path | str, net: MLP) -> np.ndarray:
    """Weights for a net from a file that `save` wrote; refuses those of a net of other sizes.

    Parameters
    ----------
    path : path or str
    net : MLP
        Units and loss may differ from those of the file's net; sizes and biases may not.

    Returns
    -------
    (n,) float32 or float64
        As the file has them.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file's net has other sizes or biases, or the file is damaged.
    """
    there, w = load(path)
    if (there.sizes, there.biases) != (net.sizes, net.biases):
        raise ValueError(f"{str(path)!r} holds a net {there.describe()}; this is {net.describe()}")
    return w


def to_state_dict(net: MLP, w: np.ndarray) -> dict[str, np.ndarray]:
    """Copies of the weights as PyTorch's `nn.Sequential` names and shapes them.

    Layer k of weights is module 2k (units stand between): ``"0.weight"`` (fan-out, fan-in),
    ``"0.bias"`` (fan-out,), ``"2.weight"``, ...

    Parameters
    ----------
    net : MLP
    w : (n,) array
        float32 or float64, which the copies keep.

    Returns
    -------
    dict of str to array

    Raises
    ------
    ValueError
        If there are not n weights.

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


def from_state_dict(net: MLP, state: Mapping, dtype: DTypeLike = "float32") -> np.ndarray:
    """Weights from a state dict, as `to_state_dict` or PyTorch's `nn.Sequential` makes it.

    Parameters
    ----------
    net : MLP
        Of the same sizes.
    state : mapping of str to array
        Arrays, or tensors on the CPU that need no gradient.
    dtype : "float32" or "float64"
        Of the result.

    Returns
    -------
    (n,) array

    Raises
    ------
    ValueError
        If a name is missing or left over, or a shape does not fit.
    """
    example = to_state_dict(net, np.zeros(net.n_weights, dtype))
    if set(example) != set(state):
        raise ValueError(f"this net needs {', '.join(example)}; got {', '.join(map(str, state))}")
    w = np.empty(net.n_weights, dtype)
    for k, (matrix, biases) in enumerate(net.named(w)):
        for kind, target in (("weight", matrix.T), ("bias", biases)):
            name = f"{2 * k}.{kind}"
            if target is None:
                continue
            array = np.asarray(state[name])
            if array.shape != target.shape:
                raise ValueError(f"{name} must be {target.shape} for this net, got {array.shape}")
            target[...] = array
    return w


def save_safetensors(path: Path | str, net: MLP, w: np.ndarray) -> None:
    """Write the state dict as safetensors, a format that many libraries read.

    Parameters
    ----------
    path : path or str
        A file that is there is replaced.
    net : MLP
    w : (n,) array
        float32 or float64, which the file keeps.

    Raises
    ------
    ImportError
        If the package safetensors is not installed.
    ValueError
        If there are not n weights.
    """
    _safetensors().save_file(to_state_dict(net, w), path)


def load_safetensors(path: Path | str, net: MLP, dtype: DTypeLike = "float32") -> np.ndarray:
    """Weights for a net from a safetensors file, as `save_safetensors` or PyTorch wrote it.

    Parameters
    ----------
    path : path or str
    net : MLP
        Of the same sizes.
    dtype : "float32" or "float64"
        Of the result.

    Returns
    -------
    (n,) array

    Raises
    ------
    ImportError
        If the package safetensors is not installed.
    ValueError
        If a name is missing or left over, or a shape does not fit.
    """
    return from_state_dict(net, _safetensors().load_file(path), dtype)


def _safetensors() -> ModuleType:
    try:
        import safetensors.numpy
    except ImportError:
        raise ImportError(f"safetensors is not installed: {advice('weights')}") from None
    return safetensors.numpy
