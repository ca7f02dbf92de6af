"""The class `MLP`: a net as a layout: its units, and where each weight stands in one flat vector.

L  layers of weights    n  weights in all (biases included)    N cases, d inputs, o outputs
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..checks import check_name, check_number, check_whole
from . import backprop, initial, units

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike


LOSSES = ("cross-entropy", "squared", "mean-squared")
BLOCK = 1024  # cases that are evaluated at a time: their activities stay in the cache


@dataclass(frozen=True, eq=False)
class MLP:
    """A multi-layer perceptron; it holds no weights.

    Parameters
    ----------
    sizes : sequence of int
        Inputs, hidden units of each layer, outputs: ``[64, 32, 10]``.
    hidden : str or sequence of str
        The unit of every hidden layer, or one name a layer: logistic, tanh, relu, leaky_relu,
        softplus, linear.
    output : str, optional
        softmax or a unit as above.  Default: softmax with cross-entropy, linear otherwise.
    loss : str
        "cross-entropy" (with softmax or logistic outputs), "squared" (half the sum over the
        outputs) or "mean-squared" (mean over the outputs); all are means over the cases.
    biases : bool
        Whether every unit has a bias.
    l2 : float
        Adds l2/2 times the sum of squared weights to the error.
    l2_biases : bool
        Whether biases count as weights there.
    init : str, (str, float), array or callable
        Start weights: "lecun" (normal, sd 1/sqrt(fan-in)), "glorot" (variance 2/(fan-in +
        fan-out)), "he" (2/fan-in); ("normal", sd); ("uniform", a), in [-a, a]; a vector (n,); or
        a function of n that returns one, as in ``lambda n: 0.1 * np.cos(np.arange(n))``.  Biases
        start at 0 except in the last two.

    Raises
    ------
    ValueError
        If a size, name or combination is not possible.

    References
    ----------
    Slide 10: smaller start weights for bigger fan-in, in proportion to 1/sqrt(fan-in).

    Examples
    --------
    >>> MLP([64, 32, 10], hidden="tanh").n_weights
    2410
    """

    sizes: Sequence[int]
    hidden: str | Sequence[str] = "tanh"
    output: str | None = None
    loss: str = "cross-entropy"
    biases: bool = True
    l2: float = 0.0
    l2_biases: bool = False
    init: object = "lecun"

    layers: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if len(self.sizes) < 2:
            raise ValueError(f"sizes must name at least inputs and outputs, got {list(self.sizes)}")
        for size in self.sizes:
            check_whole("a layer size", size, 1)
        object.__setattr__(self, "sizes", tuple(int(size) for size in self.sizes))
        n_hidden = len(self.sizes) - 2
        names = [self.hidden] * n_hidden if isinstance(self.hidden, str) else list(self.hidden)
        if len(names) != n_hidden:
            raise ValueError(
                f"hidden names {len(names)} layers, but sizes have {n_hidden} hidden ones"
            )
        output = self.output or ("softmax" if self.loss == "cross-entropy" else "linear")
        object.__setattr__(self, "hidden", tuple(names))
        object.__setattr__(self, "output", output)
        check_name("loss", self.loss, LOSSES)
        for name in names:
            check_name("hidden unit", name, units.NAMES[:-1])
        check_name("output unit", output, units.NAMES)
        if self.loss == "cross-entropy" and output not in ("softmax", "logistic"):
            raise ValueError(f"cross-entropy needs softmax or logistic outputs, got {output!r}")
        if self.loss != "cross-entropy" and output == "softmax":
            raise ValueError(f"softmax outputs need the loss 'cross-entropy', got {self.loss!r}")
        if output == "softmax" and self.sizes[-1] < 2:
            raise ValueError(
                "softmax needs at least 2 outputs; for 2 classes 1 logistic output will do"
            )
        check_number("l2", self.l2)
        object.__setattr__(self, "layers", self._layout())

    @property
    def units(self) -> tuple[str, ...]:
        """The unit of every layer for the kernels; cross-entropy has its output units in itself."""
        return (*self.hidden, "linear" if self.loss == "cross-entropy" else str(self.output))

    def _layout(self) -> np.ndarray:
        rows, first = [], 0
        for fan_in, fan_out, name in zip(self.sizes, self.sizes[1:], self.units, strict=False):
            bias = first + fan_in * fan_out if self.biases else -1
            rows.append((fan_in, fan_out, first, bias, units.NAMES.index(name)))
            first += (fan_in + self.biases) * fan_out
        return np.array(rows, np.int64)

    @property
    def n_weights(self) -> int:
        """n: all weights and biases."""
        fan_in, fan_out, first = self.layers[-1, : backprop.FIRST_BIAS]
        return int(first + (fan_in + self.biases) * fan_out)

    def compiled(self, dtype: "DTypeLike" = "float32") -> backprop.Net:
        """What the kernels need of this net, for the `dtype` "float32" or "float64"."""
        kind = np.dtype(dtype)
        activate, slope = units.compiled(frozenset(self.units), kind.name)
        errors = backprop.errors_of(self.loss, str(self.output), self.l2 > 0, kind.name)
        l2: np.floating = np.array([self.l2], kind)[0]
        return backprop.Net(self.layers, activate, slope, *errors, l2, self.l2_biases)

    def named(self, w: np.ndarray) -> list[tuple[np.ndarray, np.ndarray | None]]:
        """Each layer's weights and biases, as views into `w`.

        Parameters
        ----------
        w : (n,) array
            The weights, a gradient, or anything else of their layout.

        Returns
        -------
        list of (array (fan-in, fan-out), array (fan-out,) or None)
            A layer without biases has None.
        """
        cut = []
        for fan_in, fan_out, first, bias, _ in self.layers:
            matrix = w[first : first + fan_in * fan_out].reshape(fan_in, fan_out)
            cut.append((matrix, w[bias : bias + fan_out] if bias >= 0 else None))
        return cut

    def start(self, seed: int = 0, dtype: "DTypeLike" = "float32") -> np.ndarray:
        """Start weights (n,); the same numbers for float32 and float64, up to rounding.

        Parameters
        ----------
        seed : int
            At least 0; draws the weights where `init` draws.
        dtype : "float32" or "float64"

        Returns
        -------
        (n,) array

        Raises
        ------
        ValueError
            If `init` is unknown, or its vector has another length or non-finite entries.
        """
        w = np.zeros(self.n_weights)
        initial.draw(w, [matrix for matrix, _ in self.named(w)], self.init, seed)
        return w.astype(dtype)

    def checked(self, w: "ArrayLike", *tables: "tuple[ArrayLike, int]") -> list[np.ndarray]:
        """w (n,) and `tables` (N, columns) as the kernels need them, which check nothing.

        Raises
        ------
        ValueError
            If a shape does not fit the net.
        """
        w = np.asarray(w)
        w = np.ascontiguousarray(w, w.dtype if w.dtype == np.float32 else np.float64)
        if w.shape != (self.n_weights,):
            raise ValueError(
                f"w must hold {self.n_weights} weights, got an array of shape {w.shape}"
            )
        found = [np.ascontiguousarray(table, w.dtype) for table, _ in tables]
        for table, (_, columns) in zip(found, tables, strict=True):
            if table.ndim != 2 or table.shape[1] != columns or len(table) != len(found[0]):
                raise ValueError(
                    f"cases must be ({len(found[0])}, {columns}) for this net, got {table.shape}"
                )
        return [w, *found]

    def gradient(self, w: np.ndarray, x: np.ndarray, t: np.ndarray) -> tuple[float, np.ndarray]:
        """The error E of some cases and its gradient dE/dw, by backpropagation.

        Parameters
        ----------
        w : (n,) float32 or float64 array
            The weights; the net computes in their dtype.
        x : (B, d) array
            Inputs.
        t : (B, o) array
            Targets.

        Returns
        -------
        error : float
            E, a mean over the cases, the L2 penalty included.
        gradient : (n,) array
            dE/dw.

        Raises
        ------
        ValueError
            If a shape does not fit the net.
        """
        w, x, t = self.checked(w, (x, self.sizes[0]), (t, self.sizes[-1]))
        room = np.empty((2, len(x) * sum(self.sizes[1:])), w.dtype)
        g = np.empty_like(w)
        gradient = backprop.compiled(w.dtype.name)
        return gradient(w, self.compiled(w.dtype), x, t, room[0], room[1], g), g

    def predict(self, w: np.ndarray, x: np.ndarray) -> np.ndarray:
        """The net's outputs.

        Parameters
        ----------
        w, x : arrays (n,), (N, d)
            As for `gradient`, and refused as there.

        Returns
        -------
        (N, o) array
        """
        w, x = self.checked(w, (x, self.sizes[0]))
        t = np.zeros((len(x), self.sizes[-1]), w.dtype)  # the error asks for targets
        y = np.empty(len(x) * sum(self.sizes[1:]), w.dtype)
        self._outputs(self.compiled(w.dtype), w, x, t, y)
        return self._last(y, len(x)).reshape(t.shape)

    def _outputs(
        self, net: backprop.Net, w: np.ndarray, x: np.ndarray, t: np.ndarray, y: np.ndarray
    ) -> float:
        """Fill `y` with the outputs of every layer; returns the error E without L2."""
        backprop.forward(w, net.layers, net.activate, x, y)
        outputs = self._last(y, len(x))
        return net.error(outputs, t, np.empty_like(outputs))

    def measure(self, classes: bool) -> int:
        """What this net's error is on `classes`, or on a regression's targets."""
        judge = backprop.THRESHOLD if self.sizes[-1] == 1 else backprop.LARGEST
        return judge if classes else backprop.ROOT_MEAN_SQUARE

    def evaluate(
        self, w: np.ndarray, x: np.ndarray, t: np.ndarray, *, classes: bool
    ) -> tuple[float, float]:
        """The loss and the error of some cases.

        Parameters
        ----------
        w, x, t : arrays (n,), (N, d), (N, o)
            As for `gradient`.
        classes : bool
            Whether the targets are classes.

        Returns
        -------
        loss : float
            E without the L2 penalty.
        error : float
            The share of wrong classes, or the root mean squared difference.

        Raises
        ------
        ValueError
            If a shape does not fit the net.
        """
        w, x, t = self.checked(w, (x, self.sizes[0]), (t, self.sizes[-1]))
        y = np.empty(min(BLOCK, len(x)) * sum(self.sizes[1:]), w.dtype)
        net, loss, wrong, measure = self.compiled(w.dtype), 0.0, 0.0, self.measure(classes)
        for start in range(0, len(x), BLOCK):
            inputs, targets = x[start : start + BLOCK], t[start : start + BLOCK]
            loss += self._outputs(net, w, inputs, targets, y) * len(inputs)
            wrong += backprop.mistakes(measure, self._last(y, len(inputs)), targets)
        if measure == backprop.ROOT_MEAN_SQUARE:
            return loss / len(x), math.sqrt(wrong / t.size)
        return loss / len(x), wrong / len(x)

    def _last(self, y: np.ndarray, cases: int) -> np.ndarray:
        """The last layer's part of the room `y` for all layers."""
        first = cases * sum(self.sizes[1:-1])
        return y[first : first + cases * self.sizes[-1]]

    def _repr_html_(self) -> str:
        from .notebook import net_html

        return net_html(self)

    def settings(self) -> dict[str, Any]:
        """What `MLP(**settings)` needs to build this net again, without its start weights."""
        names = ("sizes", "hidden", "output", "loss", "biases", "l2", "l2_biases")
        return {name: getattr(self, name) for name in names}

    def describe(self) -> str:
        """The net in a few words: ``64-32-10, tanh, softmax, cross-entropy, 2410 weights``."""
        hidden = "/".join(dict.fromkeys(self.hidden))
        parts = ["-".join(map(str, self.sizes)), hidden, self.output, self.loss]
        parts += [f"{self.n_weights} weights"] + (["no biases"] if not self.biases else [])
        return ", ".join(filter(None, parts)) + (f", L2 {self.l2:g}" if self.l2 else "")
