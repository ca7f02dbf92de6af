"""Do blocks and whole device train as the CPU does, and as the slow and obvious way does?"""

import dataclasses

import numpy as np
import pytest
from gpu_cases import CASES, CLOSE, DEVICE, DIVERGING, FEW, assert_agree, naive_name

import minnet as mn
from minnet import gpu, naive
from minnet.gpu import device
from minnet.optimizers.catalogue import OPTIMIZERS

pytest.importorskip("numba_cuda")
WAYS = {"blocks": False, "whole device": True}
# The simulator takes its time: of the pairs, these are tried in the inner loop.
SOON = {(name, "blocks", "float64") for name in ("L2", "schedules", "early stopping", "divergence")}


def is_run(case, way, dtype):
    """Larger nets' many launches take their time in the simulator."""
    if way == "blocks":
        return dtype == "float64" or not FEW
    return case.wide and dtype == "float64" and (not FEW or case.net)


pairs = pytest.mark.parametrize(
    ("case", "way", "dtype"),
    [
        pytest.param(
            case, way, dtype, id=f"{case}-{way}-{dtype}",
            marks=() if (case.name, way, dtype) in SOON else pytest.mark.slow,
        )
        for case in [*CASES, DIVERGING]
        for way in WAYS
        for dtype in ("float64", "float32")
        if is_run(case, way, dtype)
    ],
)  # fmt: skip


@pytest.fixture(scope="module")
def on_cpu():
    """Each case's report from the CPU, made once."""
    made = {}

    def report(case, dtype):
        if (case.name, dtype) not in made:
            made[case.name, dtype] = case.run(dtype)
        return made[case.name, dtype]

    return report


def run(monkeypatch, case, way="blocks", dtype="float64", changes=None, **options):
    """A case on the device, one way or the other; `changes` are other launch sizes."""
    monkeypatch.setattr(gpu, "is_wide", lambda *sizes: WAYS[way])
    chosen = dataclasses.replace(device.named(DEVICE), **(changes or {}))
    monkeypatch.setattr(gpu, "named", lambda text: chosen if text == DEVICE else None)
    return case.run(dtype, device=DEVICE, **options)


@pairs
def test_the_device_agrees_with_the_cpu(monkeypatch, on_cpu, case, way, dtype):
    report, expected = run(monkeypatch, case, way, dtype), on_cpu(case, dtype)
    assert_agree(report, expected, dtype)
    assert report.info["device"] == device.named(DEVICE).name and expected.info["device"] == "cpu"
    assert report.losses.shape[1] > 0
    if case is DIVERGING:
        assert report.diverged_at[0] and not report.diverged_at[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.name in ("every rule", "L2")], ids=str
)
def test_the_device_agrees_with_the_naive_twin(monkeypatch, case):
    """Layer by layer in NumPy, with the answer book's own update rules."""
    report, net, data = run(monkeypatch, case), case.mlp, case.data("float64")
    plan = list(mn.Plan(12, 5, 2, seed=3))
    chosen = case.optimizers() if callable(case.optimizers) else mn.parse(case.optimizers)

    def measure(k, w):
        e, parts = naive.loss_and_gradients(
            net.named(w), data.train.x[plan[k]], data.train.t[plan[k]], net.hidden, net.output,
            net.loss, net.l2, net.l2_biases,
        )  # fmt: skip
        losses.append(e)
        return e, np.concatenate([part.ravel() for layer in parts for part in layer])

    for r, optimizer in enumerate(chosen):
        losses = []
        walk = naive.RULES[naive_name(optimizer)]
        path = walk(net.start(3, "float64"), measure, len(plan), **optimizer.hyperparameters)
        np.testing.assert_allclose(
            report.weights[r], path[-1], err_msg=str(optimizer), **CLOSE["float64"]
        )
        np.testing.assert_allclose(report.losses[r], losses, **CLOSE["float64"])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("make", OPTIMIZERS, ids=lambda make: make.__name__)
def test_a_replay_agrees(make, dtype):
    """The stepper of every rule; 5 weights are no multiple of the threads."""
    rng = np.random.default_rng(1)
    gradients, errors = rng.normal(size=(6, 5)), rng.random(6)
    start = np.linspace(-1, 1, 5).astype(dtype)
    expected = mn.replay(make(), start, gradients, errors)
    path = mn.replay(make(), start, gradients, errors, device=DEVICE)
    assert path.dtype == dtype
    np.testing.assert_allclose(path, expected, **CLOSE[dtype])
    assert np.ptp(path, axis=0).all()


def test_a_replay_of_nothing_stays():
    path = mn.replay("rmsprop", [1.0, 2.0], np.empty((0, 2)), device=DEVICE)
    np.testing.assert_array_equal(path, [[1.0, 2.0]])


# ---------------------------------------------------------------------------- same seed, same bits


def assert_same_bits(a, b):
    for field in dataclasses.fields(mn.Report):
        left, right = getattr(a, field.name), getattr(b, field.name)
        if isinstance(left, np.ndarray) and field.name != "seconds":
            np.testing.assert_array_equal(left, right, field.name)


PENALISED = next(case for case in CASES if case.name == "L2")
OTHER_LAUNCHES = [{}, {"threads": 3}, {"blocks": 1}]


@pytest.mark.slow
@pytest.mark.parametrize("changes", OTHER_LAUNCHES, ids=str)
@pytest.mark.parametrize("way", WAYS)
def test_bits_do_not_depend_on_threads_and_blocks(monkeypatch, way, changes):
    """The first: simply once more.  With an L2 penalty, whose sum is the longest one."""
    a = run(monkeypatch, PENALISED, way, "float32", epochs=1)
    b = run(monkeypatch, PENALISED, way, "float32", changes, epochs=1)
    assert_same_bits(a, b)


@pytest.mark.slow
@pytest.mark.parametrize("numbers", [59, 60, 110, 111])
def test_bits_do_not_depend_on_what_shared_memory_holds(monkeypatch, numbers):
    """60: outputs, deltas and errors, 2 x 5 x 5 + 10; 111: weights, slots, place ahead, 3 x 17."""
    from minnet.gpu import blocks

    a = run(monkeypatch, PENALISED, "blocks", "float32")
    shared = 4 * (blocks.STATIC + numbers)
    b = run(monkeypatch, PENALISED, "blocks", "float32", {"shared_bytes": shared})
    assert_same_bits(a, b)


@pytest.mark.slow
def test_bits_do_not_depend_on_chunks(monkeypatch):
    """However many mini-batches a launch takes, and whatever the memory for their numbers."""
    from minnet.gpu import mirror, state

    a = run(monkeypatch, PENALISED)
    monkeypatch.setattr(state, "PACE", 1e9)
    b = run(monkeypatch, PENALISED)
    monkeypatch.setattr(mirror, "CHUNK_BYTES", 1)
    assert_same_bits(a, b)
    assert_same_bits(a, run(monkeypatch, PENALISED))


def test_more_runs_than_blocks_take_turns(monkeypatch):
    from minnet.gpu import blocks

    rates = ", ".join(f"sgd({lr})" for lr in (0.1, 0.2, 0.3))
    many = dataclasses.replace(PENALISED, optimizers=rates)
    report = run(monkeypatch, many, changes={"blocks": 1})
    assert_agree(report, many.run(), "float64")
    assert blocks.STATIC > blocks.LANES
