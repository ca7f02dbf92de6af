"""Everything minnet does, once more, the slow and obvious way: the answer book of the tests.

T steps, n weights, N cases; all arrays float64; weights w (n,), trajectories (T+1, n).
A gradient is a function (t, w) -> (E, g): the error and its gradient (n,) at step t and place w.
Slides are those of Hinton's Lecture 6. x input, z total input, y output, t target, E error.
"""

import numpy as np

# ---------------------------------------------------------------------------- A. update rules
# One step each: m is what the rule remembers, g(w) measures the gradient at a place w.

RULES = {}


class Memory:
    """What a rule remembers; all of it is 0 until set. m.t is the step, m.E the error measured."""

    def __getattr__(self, name):
        return 0.0


def rule(step):
    """Turn one step into rule(w0, gradient, steps, **numbers) -> trajectory, and list it."""

    def walk(w0, gradient, steps, **numbers):
        m, path = Memory(), [np.array(w0, dtype=float)]

        def measure(w):
            m.E, g = gradient(m.t, w)
            return np.array(g, dtype=float)

        for m.t in range(steps):
            path.append(step(m, path[-1], measure, **numbers))
        return np.array(path)

    RULES[step.__name__], walk.__doc__ = walk, step.__doc__
    return walk


def agreement(a, b):
    """Sign of the product a b: +1, -1, or 0 when either is zero (so taken, it cannot underflow)."""
    return np.sign(a) * np.sign(b)


def new_gain(gain, agree, up=0.05, down=0.95, low=0.1, high=10):
    """Gain + up if > 0, else gain * down (zero included), within limits (slides 24 and 25)."""
    return np.clip(np.where(agree > 0, gain + up, gain * down), low, high)


def new_step(step, agree, eta_plus=1.2, eta_minus=0.5, step_min=1e-6, step_max=50):
    """Step * eta_plus if > 0, * eta_minus if < 0, as it was if 0 (slide 27)."""
    longer, shorter = np.minimum(step * eta_plus, step_max), np.maximum(step * eta_minus, step_min)
    return np.where(agree > 0, longer, np.where(agree < 0, shorter, step))


@rule
def sgd(m, w, measure, lr=0.1):
    """w -= lr g (slide 7)."""
    return w - lr * measure(w)


@rule
def momentum(m, w, measure, lr=0.1, momentum=0.9):
    """v = a v - lr g; w += v (slide 18)."""
    m.v = momentum * m.v - lr * measure(w)
    return w + m.v


@rule
def nesterov(m, w, measure, lr=0.1, momentum=0.9):
    """v = a v - lr g(w + a v); w += v (slide 20, Sutskever)."""
    m.v = momentum * m.v - lr * measure(w + momentum * m.v)
    return w + m.v


@rule
def gains(m, w, measure, lr=0.1, **limits):
    """Gain by agreement of g(t) with g(t-1); w -= lr gain g (slides 24 and 25)."""
    g = measure(w)
    m.gain = 1.0 if m.t == 0 else new_gain(m.gain, agreement(g, m.g_before), **limits)
    m.g_before = g
    return w - lr * m.gain * g


@rule
def gains_momentum(m, w, measure, lr=0.1, momentum=0.9, **limits):
    """Gain by agreement of -g(t) with v(t-1); v = a v - lr gain g; w += v (slide 25, Jacobs)."""
    g = measure(w)
    m.gain = 1.0 if m.t == 0 else new_gain(m.gain, agreement(-g, m.v), **limits)
    m.v = momentum * m.v - lr * m.gain * g
    return w + m.v


@rule
def rprop_minus(m, w, measure, step=0.1, **etas):
    """Adapt the step, w -= sign(g) step (slide 27; Igel & Huesken 2000: no backtracking)."""
    g = measure(w)
    m.step = step if m.t == 0 else new_step(m.step, agreement(g, m.g_before), **etas)
    m.g_before = g
    return w - np.sign(g) * m.step


@rule
def rprop_plus(m, w, measure, step=0.1, **etas):
    """On a sign change take the last move back and forget g (Riedmiller & Braun 1993)."""
    g = measure(w)
    agree = agreement(g, m.g_before)
    m.step = step if m.t == 0 else new_step(m.step, agree, **etas)
    m.move = np.where(agree < 0, -m.move, -np.sign(g) * m.step)
    m.g_before = np.where(agree < 0, 0.0, g)
    return w + m.move


@rule
def irprop_minus(m, w, measure, step=0.1, **etas):
    """On a sign change set g = 0: no move now, no adaptation next (Igel & Huesken 2000)."""
    g = measure(w)
    agree = agreement(g, m.g_before)
    m.step = step if m.t == 0 else new_step(m.step, agree, **etas)
    m.g_before = np.where(agree < 0, 0.0, g)
    return w - np.sign(m.g_before) * m.step


@rule
def irprop_plus(m, w, measure, step=0.1, **etas):
    """As rprop_plus, but the move is taken back only if E has grown (Igel & Huesken 2000)."""
    g = measure(w)
    agree = agreement(g, m.g_before)
    m.step = step if m.t == 0 else new_step(m.step, agree, **etas)
    grown = m.E - m.E_before > 0
    m.move = np.where(agree < 0, -m.move if grown else 0.0, -np.sign(g) * m.step)
    m.g_before, m.E_before = np.where(agree < 0, 0.0, g), m.E
    return w + m.move


@rule
def rmsprop(m, w, measure, lr=0.001, decay=0.9, eps=1e-8):
    """s = decay s + (1 - decay) g^2; w -= lr g / (sqrt(s) + eps) (slide 29)."""
    g = measure(w)
    m.s = decay * m.s + (1 - decay) * g**2
    return w - lr * g / (np.sqrt(m.s) + eps)


@rule
def rmsprop_momentum(m, w, measure, lr=0.001, decay=0.9, momentum=0.9, eps=1e-8):
    """v = a v - lr g / (sqrt(s) + eps); w += v (slide 30, standard momentum)."""
    g = measure(w)
    m.s = decay * m.s + (1 - decay) * g**2
    m.v = momentum * m.v - lr * g / (np.sqrt(m.s) + eps)
    return w + m.v


@rule
def rmsprop_nesterov(m, w, measure, lr=0.001, decay=0.9, momentum=0.9, eps=1e-8):
    """As rmsprop_momentum with g at w + a v: the RMS divides the correction (slide 30)."""
    g = measure(w + momentum * m.v)
    m.s = decay * m.s + (1 - decay) * g**2
    m.v = momentum * m.v - lr * g / (np.sqrt(m.s) + eps)
    return w + m.v


@rule
def rmsprop_nesterov_jump(m, w, measure, lr=0.001, decay=0.9, momentum=0.9, eps=1e-8):
    """v = a v - lr g; w += v / (sqrt(s) + eps): the RMS divides the jump (slide 30)."""
    g = measure(w if m.t == 0 else w + momentum * m.v / (np.sqrt(m.s) + eps))
    m.s = decay * m.s + (1 - decay) * g**2
    m.v = momentum * m.v - lr * g
    return w + m.v / (np.sqrt(m.s) + eps)


@rule
def rmsprop_gains(m, w, measure, lr=0.001, decay=0.9, eps=1e-8, **limits):
    """w -= lr gain g / (sqrt(s) + eps), the gain as in gains (slide 30, adaptive rates)."""
    g = measure(w)
    m.gain = 1.0 if m.t == 0 else new_gain(m.gain, agreement(g, m.g_before), **limits)
    m.s = decay * m.s + (1 - decay) * g**2
    m.g_before = g
    return w - lr * m.gain * g / (np.sqrt(m.s) + eps)


@rule
def adagrad(m, w, measure, lr=0.01, eps=1e-10):
    """s += g^2; w -= lr g / (sqrt(s) + eps) (Duchi et al. 2011, diagonal)."""
    g = measure(w)
    m.s = m.s + g**2
    return w - lr * g / (np.sqrt(m.s) + eps)


@rule
def rmsprop_centered(m, w, measure, lr=1e-4, decay=0.95, momentum=0.9, eps=1e-4):
    """D = b D - lr g / sqrt(n - m^2 + eps), running means n of g^2 and m of g (Graves 2013)."""
    g = measure(w)
    m.n = decay * m.n + (1 - decay) * g**2
    m.m = decay * m.m + (1 - decay) * g
    m.D = momentum * m.D - lr * g / np.sqrt(np.maximum(m.n - m.m**2, 0) + eps)
    return w + m.D


@rule
def adadelta(m, w, measure, lr=1.0, decay=0.95, eps=1e-6):
    """Step = sqrt(acc_dx + eps) / sqrt(acc_g + eps) g; w -= lr step (Zeiler 2012)."""
    g = measure(w)
    m.acc_g = decay * m.acc_g + (1 - decay) * g**2
    step = np.sqrt(m.acc_dx + eps) / np.sqrt(m.acc_g + eps) * g
    m.acc_dx = decay * m.acc_dx + (1 - decay) * step**2
    return w - lr * step


@rule
def adam(m, w, measure, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    """w -= lr m^ / (sqrt(s^) + eps), both means bias-corrected (Kingma & Ba 2015)."""
    g, steps = measure(w), m.t + 1
    m.m = beta1 * m.m + (1 - beta1) * g
    m.s = beta2 * m.s + (1 - beta2) * g**2
    return w - lr * m.m / (1 - beta1**steps) / (np.sqrt(m.s / (1 - beta2**steps)) + eps)


# ---------------------------------------------------------------------------- B. the net


def logistic(z):
    """y = 1 / (1 + e^-z), as e^(-log(1 + e^-z)) so that no z overflows."""
    return np.exp(-np.logaddexp(0, -z))


def softmax(z):
    """y_i = e^z_i / sum_j e^z_j for one case, the largest z taken out first."""
    e = np.exp(z - z.max())
    return e / e.sum()


# y(z) and dy/dz of each unit; at the corner z = 0 the slope is the one on the left.
UNITS = {
    "linear": (lambda z: z, lambda z: np.ones_like(z)),
    "logistic": (logistic, lambda z: logistic(z) * logistic(-z)),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: np.where(z > 0, 1.0, 0.0)),
    "leaky_relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1.0, 0.01)),
    "softplus": (lambda z: np.logaddexp(0, z), logistic),
}


def one_case(weights, x, hidden, output):
    """Total inputs z and outputs y of every layer for one case x; y[0] is x itself."""
    zs, ys = [], [x]
    for (W, b), unit in zip(weights, [*hidden, output], strict=True):
        z = ys[-1] @ W + (0 if b is None else b)
        zs.append(z)
        ys.append(softmax(z) if unit == "softmax" else UNITS[unit][0](z))
    return zs, ys


def forward(weights, x, hidden, output):
    """Outputs y (N, outputs): z = y W + b, y = unit(z), layer by layer, case by case."""
    return np.array([one_case(weights, case, hidden, output)[1][-1] for case in x])


def error_and_delta(z, y, t, output, loss):
    """Error of one case, and delta = dE/dz of its output layer."""
    if loss == "cross-entropy" and output == "softmax":
        log_y = z - z.max() - np.log(np.sum(np.exp(z - z.max())))
        return -np.sum(t * log_y), y * np.sum(t) - t
    if loss == "cross-entropy" and output == "logistic":
        log_y, log_not_y = -np.logaddexp(0, -z), -np.logaddexp(0, z)
        return -np.sum(t * log_y + (1 - t) * log_not_y), y - t
    if loss == "squared":
        E, dE_dy = 0.5 * np.sum((y - t) ** 2), y - t
    elif loss == "mean-squared":
        E, dE_dy = np.mean((y - t) ** 2), 2 * (y - t) / len(y)
    else:
        raise ValueError(f"no twin for loss {loss!r} with output {output!r}")
    if output == "softmax":
        return E, (np.diag(y) - np.outer(y, y)) @ dE_dy
    return E, dE_dy * UNITS[output][1](z)


def loss_and_gradients(weights, x, t, hidden, output, loss, l2=0.0, l2_biases=False):
    """Mean error over the cases + l2/2 sum w^2, and its gradient per layer, by backpropagation."""
    E = 0.0
    gradients = [(0 * W, None if b is None else 0 * b) for W, b in weights]
    for x_case, t_case in zip(x, t, strict=True):
        zs, ys = one_case(weights, x_case, hidden, output)
        e, delta = error_and_delta(zs[-1], ys[-1], t_case, output, loss)
        E += e / len(x)
        for layer in reversed(range(len(weights))):
            W, (dW, db) = weights[layer][0], gradients[layer]
            dW += np.outer(ys[layer], delta) / len(x)
            if db is not None:
                db += delta / len(x)
            if layer > 0:
                delta = (W @ delta) * UNITS[hidden[layer - 1]][1](zs[layer - 1])
    for (W, b), (dW, db) in zip(weights, gradients, strict=True):
        E += l2 / 2 * np.sum(W**2)
        dW += l2 * W
        if l2_biases and b is not None:
            E += l2 / 2 * np.sum(b**2)
            db += l2 * b
    return E, gradients


# ---------------------------------------------------------------------------- C. and D.


def finite_differences(f, w, h=1e-5):
    """(f(w + h e_i) - f(w - h e_i)) / 2h for every i."""
    return np.array([(f(w + h * e) - f(w - h * e)) / (2 * h) for e in np.eye(len(w))])


def batches(order, batch_size, keep_short=True):
    """Consecutive pieces of an order of cases; a short last piece is kept or dropped."""
    pieces = [order[i : i + batch_size] for i in range(0, len(order), batch_size)]
    return [np.array(p) for p in pieces if keep_short or len(p) == batch_size]
