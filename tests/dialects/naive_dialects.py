"""The libraries' rules once more, from their documentation: whole vectors, options as flags.

T steps, n weights; float64.  A twin takes w0 (n,), gradients (T, n), the learning rate at each step
(T,), and the library's own arguments; it returns the path (T + 1, n).  Written from the libraries'
pages (addresses in minnet/dialects) and not from the package's rules.
"""

import numpy as np

TWINS = {}


def twin(name, slots=()):
    """Turn one step, which keeps what it remembers in a dict s, into a twin."""

    def decorate(step):
        def walk(w0, gradients, rates, **options):
            w = np.array(w0, float)
            s = {slot: np.zeros_like(w) for slot in slots}
            path = [w]
            for t, (g, lr) in enumerate(zip(gradients, rates, strict=True), start=1):
                w = step(w, np.array(g, float), s, t, lr, **options)
                path.append(w)
            return np.array(path)

        TWINS[name] = walk
        return step

    return decorate


def average(s, key, new, decay):
    """s[key] <- decay s[key] + (1 - decay) new; as the moving averages of all libraries."""
    s[key] = s[key] + (1 - decay) * (new - s[key])
    return s[key]


def ascended_and_decayed(w, g, maximize, weight_decay):
    """PyTorch: the gradient changes sign, then the L2 term is added to it."""
    return (-g if maximize else g) + weight_decay * w


# ---------------------------------------------------------------------------- the slide


@twin("slide.rmsprop", ["ms"])
def slide_rmsprop(w, g, s, t, lr, decay=0.9):
    ms = average(s, "ms", g**2, decay)
    quotient = np.zeros_like(g)
    np.divide(g, np.sqrt(ms), out=quotient, where=ms > 0)
    return w - lr * quotient


# ---------------------------------------------------------------------------- PyTorch


@twin("torch.sgd")
def torch_sgd(
    w, g, s, t, lr, momentum=0, dampening=0, weight_decay=0, nesterov=False, maximize=False
):
    g = ascended_and_decayed(w, g, maximize, weight_decay)
    if momentum:
        s["b"] = g if t == 1 else momentum * s["b"] + (1 - dampening) * g
        g = g + momentum * s["b"] if nesterov else s["b"]
    return w - lr * g


@twin("torch.rmsprop", ["v", "gav", "b"])
def torch_rmsprop(
    w, g, s, t, lr,
    alpha=0.99, eps=1e-8, weight_decay=0, momentum=0, centered=False, maximize=False,
):  # fmt: skip
    g = ascended_and_decayed(w, g, maximize, weight_decay)
    v = average(s, "v", g**2, alpha)
    if centered:
        v = v - average(s, "gav", g, alpha) ** 2
    direction = g / (np.sqrt(v) + eps)
    if momentum:
        direction = s["b"] = momentum * s["b"] + direction
    return w - lr * direction


@twin("torch.adagrad")
def torch_adagrad(
    w, g, s, t, lr,
    lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10, maximize=False,
):  # fmt: skip
    g = ascended_and_decayed(w, g, maximize, weight_decay)
    s["sum"] = s.get("sum", initial_accumulator_value) + g**2
    return w - lr / (1 + (t - 1) * lr_decay) * g / (np.sqrt(s["sum"]) + eps)


@twin("torch.rprop", ["before"])
def torch_rprop(w, g, s, t, lr, etas=(0.5, 1.2), step_sizes=(1e-6, 50), maximize=False):
    g = -g if maximize else g
    sizes = s.get("sizes", np.full_like(w, lr))
    product = g * s["before"]
    sizes = np.where(product > 0, sizes * etas[1], np.where(product < 0, sizes * etas[0], sizes))
    s["sizes"] = np.clip(sizes, *step_sizes)
    s["before"] = np.where(product < 0, 0, g)
    return w - np.sign(s["before"]) * s["sizes"]


@twin("torch.adam", ["m", "v", "largest"])
def torch_adam(
    w, g, s, t, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0,
    amsgrad=False, maximize=False, decoupled_weight_decay=False,
):  # fmt: skip
    if decoupled_weight_decay:
        g = -g if maximize else g
        w = w * (1 - lr * weight_decay)
    else:
        g = ascended_and_decayed(w, g, maximize, weight_decay)
    m, v = average(s, "m", g, betas[0]), average(s, "v", g**2, betas[1])
    if amsgrad:
        v = s["largest"] = np.maximum(s["largest"], v)
    return w - lr * (m / (1 - betas[0] ** t)) / (np.sqrt(v / (1 - betas[1] ** t)) + eps)


@twin("torch.adadelta", ["v", "u"])
def torch_adadelta(w, g, s, t, lr, rho=0.9, eps=1e-6, weight_decay=0, maximize=False):
    g = ascended_and_decayed(w, g, maximize, weight_decay)
    v = average(s, "v", g**2, rho)
    move = np.sqrt((s["u"] + eps) / (v + eps)) * g
    average(s, "u", move**2, rho)
    return w - lr * move


# ---------------------------------------------------------------------------- Keras


@twin("keras.sgd", ["velocity"])
def keras_sgd(w, g, s, t, lr, momentum=0.0, nesterov=False, weight_decay=None):
    w = w * (1 - lr * (weight_decay or 0))
    velocity = s["velocity"] = momentum * s["velocity"] - lr * g
    return w + (momentum * velocity - lr * g if nesterov else velocity)


@twin("keras.rmsprop", ["ms", "mean", "velocity"])
def keras_rmsprop(
    w, g, s, t, lr, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False, weight_decay=None
):
    w = w * (1 - lr * (weight_decay or 0))
    under = average(s, "ms", g**2, rho) + epsilon
    if centered:
        under = under - average(s, "mean", g, rho) ** 2
    velocity = s["velocity"] = momentum * s["velocity"] + lr * g / np.sqrt(under)
    return w - velocity


@twin("keras.adagrad")
def keras_adagrad(w, g, s, t, lr, initial_accumulator_value=0.1, epsilon=1e-7, weight_decay=None):
    w = w * (1 - lr * (weight_decay or 0))
    s["sum"] = s.get("sum", initial_accumulator_value) + g**2
    return w - lr * g / np.sqrt(s["sum"] + epsilon)


@twin("keras.adam", ["m", "v", "largest"])
def keras_adam(
    w, g, s, t, lr, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, weight_decay=None
):
    w = w * (1 - lr * (weight_decay or 0))
    m, v = average(s, "m", g, beta_1), average(s, "v", g**2, beta_2)
    if amsgrad:
        v = s["largest"] = np.maximum(s["largest"], v)
    rate = lr * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
    return w - rate * m / (np.sqrt(v) + epsilon)


@twin("keras.adadelta", ["grads", "deltas"])
def keras_adadelta(w, g, s, t, lr, rho=0.95, epsilon=1e-7, weight_decay=None):
    w = w * (1 - lr * (weight_decay or 0))
    under = average(s, "grads", g**2, rho) + epsilon
    delta = -g * np.sqrt(s["deltas"] + epsilon) / np.sqrt(under)
    average(s, "deltas", delta**2, rho)
    return w + lr * delta


# ---------------------------------------------------------------------------- TensorFlow 1


@twin("tf1.sgd")
def tf1_sgd(w, g, s, t, lr):
    return w - lr * g


@twin("tf1.momentum", ["accumulation"])
def tf1_momentum(w, g, s, t, lr, momentum, use_nesterov=False):
    accumulation = s["accumulation"] = momentum * s["accumulation"] + g
    return w - (lr * g + lr * momentum * accumulation if use_nesterov else lr * accumulation)


@twin("tf1.rmsprop", ["mg", "mom"])
def tf1_rmsprop(w, g, s, t, lr, decay=0.9, momentum=0.0, epsilon=1e-10, centered=False):
    s.setdefault("ms", np.ones_like(w))
    under = average(s, "ms", g**2, decay) + epsilon
    if centered:
        under = under - average(s, "mg", g, decay) ** 2
    s["mom"] = momentum * s["mom"] + lr * g / np.sqrt(under)
    return w - s["mom"]


@twin("tf1.adagrad")
def tf1_adagrad(w, g, s, t, lr, initial_accumulator_value=0.1):
    s["sum"] = s.get("sum", initial_accumulator_value) + g**2
    return w - lr * g * s["sum"] ** -0.5


@twin("tf1.adam", ["m", "v"])
def tf1_adam(w, g, s, t, lr, beta1=0.9, beta2=0.999, epsilon=1e-8):
    rate = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    m, v = average(s, "m", g, beta1), average(s, "v", g * g, beta2)
    return w - rate * m / (np.sqrt(v) + epsilon)


@twin("tf1.adadelta", ["accum", "accum_update"])
def tf1_adadelta(w, g, s, t, lr, rho=0.95, epsilon=1e-8):
    under = average(s, "accum", g**2, rho) + epsilon
    update = np.sqrt(s["accum_update"] + epsilon) / np.sqrt(under) * g
    average(s, "accum_update", update**2, rho)
    return w - lr * update


# ---------------------------------------------------------------------------- optax: chains


def trace(s, update, decay, nesterov):
    """optax.trace: t <- update + decay t, and with Nesterov update + decay t once more."""
    if decay is None:
        return update
    s["trace"] = update + decay * s["trace"]
    return update + decay * s["trace"] if nesterov else s["trace"]


@twin("optax.sgd", ["trace"])
def optax_sgd(w, g, s, t, lr, momentum=None, nesterov=False):
    return w - lr * trace(s, g, momentum, nesterov)


@twin("optax.rmsprop", ["mu", "trace"])
def optax_rmsprop(
    w, g, s, t, lr, decay=0.9, eps=1e-8, initial_scale=0.0, eps_in_sqrt=True, centered=False,
    momentum=None, nesterov=False, bias_correction=False,
):  # fmt: skip
    s.setdefault("nu", np.full_like(w, initial_scale))
    correction = 1 - decay**t if bias_correction else 1
    nu, mu = average(s, "nu", g**2, decay) / correction, average(s, "mu", g, decay) / correction
    under = nu - mu**2 if centered else nu
    scaled = g / np.sqrt(under + eps) if eps_in_sqrt else g / (np.sqrt(under) + eps)
    return w + trace(s, -lr * scaled, momentum, nesterov)


@twin("optax.adagrad")
def optax_adagrad(w, g, s, t, lr, initial_accumulator_value=0.1, eps=1e-7):
    s["sum"] = s.get("sum", initial_accumulator_value) + g**2
    return w - lr * g / np.sqrt(s["sum"] + eps)


@twin("optax.rprop", ["before"])
def optax_rprop(
    w, g, s, t, lr, eta_minus=0.5, eta_plus=1.2, min_step_size=1e-6, max_step_size=50.0
):
    sizes = s.get("sizes", np.full_like(w, lr))
    product = g * s["before"]
    grown = np.clip(
        sizes * np.where(product > 0, eta_plus, eta_minus), min_step_size, max_step_size
    )
    s["sizes"] = np.where(product == 0, sizes, grown)
    update = np.where(product < 0, 0, s["before"])  # the old one: see pull request 1725 of optax
    s["before"] = np.where(product < 0, 0, np.sign(g) * s["sizes"])
    return w - update


def moments(s, g, t, b1, b2):
    """Running means of g and g^2, and both corrected."""
    m, v = average(s, "mu", g, b1), average(s, "nu", g**2, b2)
    return m, v, m / (1 - b1**t), v / (1 - b2**t)


@twin("optax.adam", ["mu", "nu"])
def optax_adam(w, g, s, t, lr, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0, nesterov=False):
    m, _, m_hat, v_hat = moments(s, g, t, b1, b2)
    if nesterov:
        m_hat = b1 * m / (1 - b1 ** (t + 1)) + (1 - b1) * g / (1 - b1**t)
    return w - lr * m_hat / (np.sqrt(v_hat + eps_root) + eps)


@twin("optax.amsgrad", ["mu", "nu", "largest"])
def optax_amsgrad(w, g, s, t, lr, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0):
    _, _, m_hat, v_hat = moments(s, g, t, b1, b2)
    s["largest"] = np.maximum(s["largest"], v_hat)
    return w - lr * m_hat / (np.sqrt(s["largest"] + eps_root) + eps)


@twin("optax.adadelta", ["e_g", "e_x"])
def optax_adadelta(w, g, s, t, lr, rho=0.9, eps=1e-6, weight_decay=0.0):
    g = g + weight_decay * w
    e_g = average(s, "e_g", g**2, rho)
    update = np.sqrt(s["e_x"] + eps) / np.sqrt(e_g + eps) * g
    average(s, "e_x", update**2, rho)
    return w - lr * update
