"""The whole learner on one page: a net, backprop by hand, and the update rules of Lecture 6.

Plain NumPy, to be read from top to bottom in an afternoon.  It runs too: `python -m minnet.naive`
trains a net on the digits with four rules, from the same start weights on the same mini-batches.
The rest of minnet does the same, compiled, and is tested against this page, of which it uses
nothing.  The letters and the order are Hinton's; slides are those of his Lecture 6.

    x  input    z  total input of a unit    y  output    t  target    E  error    delta = dE/dz
    w  weight   g = dE/dw, the gradient     shapes: B cases in a mini-batch, n weights, T steps
"""

from functools import partial
from itertools import pairwise

import numpy as np

from .data import load  # reads the digits; all else is on this page

# ------------------------------------------------------------------------ 1. What a net is
# A net is a list of layers [(W, b), ...].  W (inputs, units) has Hinton's w_ij, the weight from
# unit i below to unit j above, in row i and column j; b (units,) has the biases, or is None.
# To an update rule a net is simpler still: a vector w (n,) of numbers that can be moved.


def start(sizes, seed):
    """Start weights w (n,) for sizes [64, 32, 10]: more inputs, smaller weights   (slide 10)"""
    rng = np.random.default_rng(seed)
    return as_vector(
        (rng.normal(0, np.sqrt(1 / inputs), (inputs, units)), np.zeros(units))
        for inputs, units in pairwise(sizes)
    )


def as_vector(layers):
    """The vector w (n,) of all numbers in the layers [(W, b), ...]."""
    return np.concatenate([array.ravel() for layer in layers for array in layer])


def as_layers(w, sizes):
    """The layers [(W, b), ...] whose numbers are in the vector w (n,)."""
    layers = []
    for inputs, units in pairwise(sizes):
        W, b, w = np.split(w, [inputs * units, inputs * units + units])
        layers.append((W.reshape(inputs, units), b))
    return layers


# ------------------------------------------------------------------------ 2. Forward
def logistic(z):
    """y = 1 / (1 + e^-z), as e^(-log(1 + e^-z)), which no z can overflow."""
    return np.exp(-np.logaddexp(0, -z))


def softmax(z):
    """y_j = e^z_j / sum_k e^z_k; without the largest z in every z, no e^z can overflow."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


# Each kind of unit has an output y(z), and a slope dy/dz, which only backprop needs.
UNITS = {
    "linear": (lambda z: z, lambda z: np.ones_like(z)),
    "logistic": (logistic, lambda z: logistic(z) * logistic(-z)),  # y (1 - y)
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),  # 1 - y^2
    "relu": (lambda z: np.maximum(z, 0), lambda z: np.where(z > 0, 1.0, 0.0)),
    "leaky_relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1.0, 0.01)),
    "softplus": (lambda z: np.logaddexp(0, z), logistic),
}


def activities(layers, x, hidden, output):
    """Total inputs z and outputs y of every layer, as two lists; the first y is x itself.

    x (B, inputs) has a case in each row, and so have all z and y; a single case (inputs,) will do.
    hidden names the unit of each hidden layer, as ["tanh"], and output that of the last layer.
    """
    zs, ys = [], [x]
    for (W, b), unit in zip(layers, [*hidden, output], strict=True):
        z = ys[-1] @ W + (0 if b is None else b)  # z_j = b_j + sum_i y_i w_ij
        zs.append(z)
        ys.append(softmax(z) if unit == "softmax" else UNITS[unit][0](z))
    return zs, ys


def forward(layers, x, hidden, output):
    """The outputs (B, outputs) of the net for the cases x (B, inputs)."""
    return activities(layers, x, hidden, output)[1][-1]


# ------------------------------------------------------------------------ 3. The error
def error_and_delta(z, y, t, output, loss):
    """The error E (B,) of each case, and delta = dE/dz (B, outputs) at the output units.

    cross-entropy, softmax    E = -sum_j t_j log y_j                              delta = y - t
    cross-entropy, logistic   E = -sum_j (t_j log y_j + (1 - t_j) log(1 - y_j))   delta = y - t
    squared                   E = 1/2 sum_j (y_j - t_j)^2              delta = (y - t) dy/dz
    mean-squared              E = 1/outputs sum_j (y_j - t_j)^2        the same, 2/outputs times
    """
    if loss == "cross-entropy" and output == "softmax":
        z = z - z.max(axis=-1, keepdims=True)
        log_y = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))  # finite even where y is 0
        return -(t * log_y).sum(axis=-1), y * t.sum(axis=-1, keepdims=True) - t  # that sum is 1
    if loss == "cross-entropy" and output == "logistic":
        log_y, log_not_y = -np.logaddexp(0, -z), -np.logaddexp(0, z)
        return -(t * log_y + (1 - t) * log_not_y).sum(axis=-1), y - t
    weight = {"squared": 1 / 2, "mean-squared": 1 / t.shape[-1]}[loss]
    E, dE_dy = weight * ((y - t) ** 2).sum(axis=-1), 2 * weight * (y - t)
    if output == "softmax":  # here a z moves every y: dy_j/dz_k = y_j ((1 if j = k else 0) - y_k)
        return E, y * (dE_dy - (y * dE_dy).sum(axis=-1, keepdims=True))
    return E, dE_dy * UNITS[output][1](z)


# ------------------------------------------------------------------------ 4. Backprop
def loss_and_gradients(layers, x, t, hidden, output, loss, l2=0.0, l2_biases=False):
    """The error E of a mini-batch, and its gradient as layers [(dE/dW, dE/db), ...].

        dE/dw_ij = y_i delta_j    dE/dy_i = sum_j w_ij delta_j    delta_i = dE/dy_i dy_i/dz_i

    Backprop begins at the outputs, whose delta is known, and goes down   (Lecture 3d).  E is the
    mean over the cases x (B, inputs), t (B, outputs), plus l2/2 times the sum of all w^2, among
    which biases count if l2_biases.
    """
    zs, ys = activities(layers, x, hidden, output)
    E, delta = error_and_delta(zs[-1], ys[-1], t, output, loss)
    E, delta = E.mean(), delta / len(x)  # of the mini-batch, delta still (B, outputs)
    gradients = []
    for k in reversed(range(len(layers))):
        W, b = layers[k]
        dW = ys[k].T @ delta + l2 * W  # y_i delta_j, summed over the cases: (inputs, units)
        db = None if b is None else delta.sum(axis=0)  # a bias is a weight whose y_i is 1
        if k > 0:
            delta = delta @ W.T * UNITS[hidden[k - 1]][1](zs[k - 1])  # now of the layer below
        E = E + l2 / 2 * np.sum(W**2)
        if l2_biases and b is not None:
            E, db = E + l2 / 2 * np.sum(b**2), db + l2 * b
        gradients.insert(0, (dW, db))
    return E, gradients


def finite_differences(f, w, h=1e-5):
    """The gradient of f at w by trying every w, to check backprop: (f(w + h) - f(w - h)) / 2h."""
    return np.array([(f(w + h * e) - f(w - h * e)) / (2 * h) for e in np.eye(len(w))])


# ------------------------------------------------------------------------ 5. The mini-batches
def batches(order, batch_size, keep_short=True):
    """Consecutive pieces of an order of the cases; a last, shorter piece is kept or dropped."""
    pieces = [order[i : i + batch_size] for i in range(0, len(order), batch_size)]
    return [np.array(p) for p in pieces if keep_short or len(p) == batch_size]


def mini_batches(cases, batch_size, epochs, seed):
    """The case numbers of every mini-batch; each epoch shuffles all cases anew   (slides 5-7)"""
    orders = [np.random.default_rng([seed, e]).permutation(cases) for e in range(epochs)]
    return [batch for order in orders for batch in batches(order, batch_size)]


# ------------------------------------------------------------------------ 6. The update rules
# A rule takes one step.  It gets the weights w, the error E and gradient g of a mini-batch, then
# what it remembers, which starts at the value that stands there; after the * its hyperparameters.
# It returns the new weights and what it will remember.  An entry "ahead" is for the loop: the next
# E and g are to be measured at w + ahead.  Vectors are (n,), and no weight looks at another.
#
#     lr     learning rate (epsilon on the slides)   momentum  alpha on the slides   v  velocity
#     decay  how much of a running mean is kept      eps       keeps denominators above 0


def sgd(w, E, g, *, lr=0.1):
    """w = w - lr g   (slide 7)"""
    return w - lr * g, {}


def momentum(w, E, g, v=0, *, lr=0.1, momentum=0.9):
    """v = momentum v - lr g;  w = w + v   (slide 18)"""
    v = momentum * v - lr * g
    return w + v, {"v": v}


def nesterov(w, E, g, v=0, *, lr=0.1, momentum=0.9):
    """As momentum, but it jumps along v first and measures g there   (slide 20, Sutskever)"""
    v = momentum * v - lr * g
    return w + v, {"v": v, "ahead": momentum * v}


# agree is a product of two signs.  The slides multiply the numbers themselves: the same sign, but
# the product of two tiny numbers may be rounded to 0.
def new_gain(gain, agree, up=0.05, down=0.95, low=0.1, high=10):
    """1 at first, then gain + 0.05 if agree > 0, else gain * 0.95   (slides 24 and 25: g_ij)"""
    return 1 if gain is None else np.clip(np.where(agree > 0, gain + up, gain * down), low, high)


def gains(w, E, g, gain=None, g_before=0, *, lr=0.1, **limits):
    """w = w - lr gain g, the gain by the agreement of g with the last g   (slides 24 and 25)"""
    gain = new_gain(gain, np.sign(g) * np.sign(g_before), **limits)
    return w - lr * gain * g, {"gain": gain, "g_before": g}


def gains_momentum(w, E, g, gain=None, v=0, *, lr=0.1, momentum=0.9, **limits):
    """v = momentum v - lr gain g, the gain by the agreement of -g with v   (slide 25, Jacobs)"""
    gain = new_gain(gain, np.sign(-g) * np.sign(v), **limits)
    v = momentum * v - lr * gain * g
    return w + v, {"gain": gain, "v": v}


def new_step(step, agree, eta_plus=1.2, eta_minus=0.5, step_min=1e-6, step_max=50):
    """step * 1.2 if agree > 0, step * 0.5 if agree < 0, within limits   (slide 27)"""
    longer, shorter = np.minimum(step * eta_plus, step_max), np.maximum(step * eta_minus, step_min)
    return np.where(agree > 0, longer, np.where(agree < 0, shorter, step))


def rprop_minus(w, E, g, step=0.1, g_before=0, **etas):
    """w = w - sign(g) step, the step by the agreement of g with the last g   (slide 27)"""
    step = new_step(step, np.sign(g) * np.sign(g_before), **etas)
    return w - np.sign(g) * step, {"step": step, "g_before": g}


def rprop_plus(w, E, g, step=0.1, g_before=0, move=0, **etas):
    """A g that has changed its sign takes the last move back   (Riedmiller & Braun 1993)"""
    agree = np.sign(g) * np.sign(g_before)
    step = new_step(step, agree, **etas)
    move = np.where(agree < 0, -move, -np.sign(g) * step)
    g = np.where(agree < 0, 0, g)  # so that the next step is as long as this one
    return w + move, {"step": step, "g_before": g, "move": move}


def irprop_minus(w, E, g, step=0.1, g_before=0, move=0, **etas):
    """As rprop_plus, but it takes nothing back: it makes no move   (Igel & Huesken 2000)"""
    return rprop_plus(w, E, g, step, g_before, 0, **etas)


def irprop_plus(w, E, g, step=0.1, g_before=0, move=0, E_before=0, **etas):
    """As rprop_plus, but it takes the move back only if E has grown   (Igel & Huesken 2000)"""
    w, memory = rprop_plus(w, E, g, step, g_before, move if E_before < E else 0, **etas)
    return w, memory | {"E_before": E}


def rmsprop(w, E, g, s=0, *, lr=0.001, decay=0.9, eps=1e-8):
    """s = 0.9 s + 0.1 g^2;  w = w - lr g / sqrt(s)   (slide 29, where s is MeanSquare)"""
    s = decay * s + (1 - decay) * g**2
    return w - lr * g / (np.sqrt(s) + eps), {"s": s}


def rmsprop_momentum(w, E, g, s=0, v=0, *, lr=0.001, decay=0.9, momentum=0.9, eps=1e-8):
    """v = momentum v - lr g / sqrt(s);  w = w + v   (slide 30: with standard momentum)"""
    s = decay * s + (1 - decay) * g**2
    v = momentum * v - lr * g / (np.sqrt(s) + eps)
    return w + v, {"s": s, "v": v}


def rmsprop_nesterov(w, E, g, s=0, v=0, *, momentum=0.9, **others):
    """The same with g after the jump: sqrt(s) divides the correction, not the jump   (slide 30)"""
    w, memory = rmsprop_momentum(w, E, g, s, v, momentum=momentum, **others)
    return w, memory | {"ahead": momentum * memory["v"]}


def rmsprop_nesterov_jump(w, E, g, s=0, v=0, *, lr=0.001, decay=0.9, momentum=0.9, eps=1e-8):
    """v = momentum v - lr g;  w = w + v / sqrt(s): it divides the jump too   (slide 30)"""
    s = decay * s + (1 - decay) * g**2
    v = momentum * v - lr * g
    move = v / (np.sqrt(s) + eps)
    return w + move, {"s": s, "v": v, "ahead": momentum * move}


def rmsprop_gains(w, E, g, s=0, gain=None, g_before=0, *, lr=0.001, decay=0.9, eps=1e-8, **limits):
    """w = w - lr gain g / sqrt(s), the gain as in `gains`   (slide 30: adaptive learning rates)"""
    s = decay * s + (1 - decay) * g**2
    gain = new_gain(gain, np.sign(g) * np.sign(g_before), **limits)
    return w - lr * gain * g / (np.sqrt(s) + eps), {"s": s, "gain": gain, "g_before": g}


# Four relatives of rmsprop that are on no slide
def adagrad(w, E, g, s=0, *, lr=0.01, eps=1e-10):
    """s = s + g^2, a sum, not a mean;  w = w - lr g / sqrt(s)   (Duchi, Hazan & Singer 2011)"""
    s = s + g**2
    return w - lr * g / (np.sqrt(s) + eps), {"s": s}


def rmsprop_centered(w, E, g, s=0, m=0, v=0, *, lr=1e-4, decay=0.95, momentum=0.9, eps=1e-4):
    """v = momentum v - lr g / sqrt(s - m^2), m the mean of g   (Graves 2013, eqs. 38 to 41)"""
    s = decay * s + (1 - decay) * g**2
    m = decay * m + (1 - decay) * g
    v = momentum * v - lr * g / np.sqrt(np.maximum(s - m**2, 0) + eps)
    return w + v, {"s": s, "m": m, "v": v}


def adadelta(w, E, g, s=0, s_move=0, *, lr=1.0, decay=0.95, eps=1e-6):
    """w = w - move;  move = sqrt(s_move) / sqrt(s) g, s_move the mean of move^2   (Zeiler 2012)"""
    s = decay * s + (1 - decay) * g**2
    move = np.sqrt(s_move + eps) / np.sqrt(s + eps) * g
    s_move = decay * s_move + (1 - decay) * move**2
    return w - lr * move, {"s": s, "s_move": s_move}


def adam(w, E, g, m=0, s=0, steps=0, *, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    """w = w - lr m / sqrt(s), both means freed of their start at 0   (Kingma & Ba 2015)"""
    m, s = beta1 * m + (1 - beta1) * g, beta2 * s + (1 - beta2) * g**2
    steps = steps + 1
    m_freed, s_freed = m / (1 - beta1**steps), s / (1 - beta2**steps)
    return w - lr * m_freed / (np.sqrt(s_freed) + eps), {"m": m, "s": s, "steps": steps}


# ------------------------------------------------------------------------ 7. The loop
def walk(rule, w0, gradient, steps, /, **hyperparameters):
    """The path of the weights, (T + 1, n): w0, then w after each step of the rule.

    gradient(k, w) measures E and g on mini-batch k at the place w.
    """
    path, memory = [np.array(w0, dtype=float)], {}
    for k in range(steps):
        w, ahead = path[-1], memory.pop("ahead", 0)
        E, g = gradient(k, w + ahead)
        w, memory = rule(w, E, np.array(g, dtype=float), **hyperparameters | memory)
        path.append(w)
    return np.array(path)


# Every rule by its name, with its loop: RULES["sgd"](w0, gradient, steps, lr=0.1)
RULES = {rule.__name__: partial(walk, rule) for rule in (
    sgd, momentum, nesterov, gains, gains_momentum, rprop_minus, rprop_plus, irprop_minus,
    irprop_plus, rmsprop, rmsprop_momentum, rmsprop_nesterov, rmsprop_nesterov_jump,
    rmsprop_gains, adagrad, rmsprop_centered, adadelta, adam,
)}  # fmt: skip


# ------------------------------------------------------------------------ 8. The digits
def main():
    """Train a net on the digits with four rules, and print what each of them has reached."""
    digits, sizes = load("digits", dtype="float64"), [64, 32, 10]
    x, t, net = digits.train.x, digits.train.t, {"hidden": ["tanh"], "output": "softmax"}
    w0, plan = start(sizes, seed=6), mini_batches(len(x), batch_size=32, epochs=20, seed=6)
    measure = partial(loss_and_gradients, **net, loss="cross-entropy")

    def gradient(k, w):
        E, gradients = measure(as_layers(w, sizes), x[plan[k]], t[plan[k]])
        return E, as_vector(gradients)

    print(f"{'rule':20}training loss   validation error   ({len(plan)} mini-batches each)")
    for rule, hyperparameters in (
        (sgd, {"lr": 0.5}), (rprop_minus, {}), (adagrad, {"lr": 0.05}), (rmsprop, {"lr": 0.002}),
    ):  # fmt: skip
        w = walk(rule, w0, gradient, len(plan), **hyperparameters)[-1]
        loss, _ = measure(as_layers(w, sizes), x, t)
        y = forward(as_layers(w, sizes), digits.validation.x, **net)
        wrong = np.mean(y.argmax(axis=1) != digits.validation.labels)
        name = rule.__name__ + "".join(f"({key}={v})" for key, v in hyperparameters.items())
        print(f"{name:20}{loss:13.9f}   {wrong:16.2%}")


if __name__ == "__main__":
    main()
