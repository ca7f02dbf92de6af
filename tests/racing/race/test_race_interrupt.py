"""Is a race fair? Every run is what it would be alone, whatever the threads, chunks and neighbours.

R runs, K mini-batches of all epochs, n weights
"""

import hashlib
import signal
import threading

import numba
import numpy as np
import pytest
import small_races
from hypothesis import given, settings, strategies as st
from new_python import printed
from small_races import LINE, NET, a_regression, heavy, three_classes
from threadpoolctl import threadpool_info, threadpool_limits

import minnet as mn
from minnet import naive, race, train
from minnet.descent import loop
from minnet.descent.plan import ORDERS
from minnet.kernels import cache as kernel_cache
from minnet.optimizers.catalogue import OPTIMIZERS
from minnet.racing import state as lockstep, surroundings
from minnet.racing.state import weights_hash

PLAIN = bool(numba.config.DISABLE_JIT)
DTYPES = ("float32", "float64")
MEASURED = (
    "losses", "evaluated_at", "scores", "diverged_at", "stopped_at", "weights", "best_weights",
    "best_at", "kept_at", "kept",
)  # fmt: skip
BOLD = "sgd(0.5), nesterov(0.2), irprop_plus, rmsprop(0.05), adam(0.1)"


def small_race(optimizers=BOLD, dtype="float32", **options):
    return small_races.small_race(optimizers, dtype, **options)


def assert_same(a, b, runs=slice(None)):
    """Bit for bit, NaN included; `runs` of the first report against all of the second."""
    for name in MEASURED:
        left, right = getattr(a, name), getattr(b, name)
        left = left if name in ("evaluated_at", "kept_at") else left[runs]
        np.testing.assert_array_equal(left, right, err_msg=name)
        assert left.dtype == right.dtype


def walked(net, data, optimizer, plan, dtype, seed=3):
    """The errors (K,) and the weights (K + 1, n) of the readable descent."""
    w = net.start(seed, dtype)
    errors, path = [], [w.copy()]
    for e, now in mn.walk(net, data.train, optimizer, plan, w):
        errors.append(e)
        path.append(now.copy())
    return np.array(errors), np.array(path)


# ---------------------------------------------------------------------------- two readings


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("make", OPTIMIZERS, ids=lambda make: make.__name__)
def test_the_race_is_the_walk_bit_for_bit(make, dtype):
    """Look-ahead rules and rules that ask whether the error grew included."""
    data, plan = three_classes(dtype), mn.Plan(28, 5, 2, seed=3)
    report = small_race([make()], dtype, keep=range(13))
    errors, path = walked(NET, data, make(), plan, dtype)
    np.testing.assert_array_equal(report.losses[0], errors)
    np.testing.assert_array_equal(report.kept[0], path)
    np.testing.assert_array_equal(report.weights[0], path[-1])
    assert report.weights.dtype == dtype and np.ptp(path[:, 0]) > 0


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_run_is_what_it_is_alone(dtype):
    together = small_race([make() for make in OPTIMIZERS], dtype, keep=[4, 12])
    for r, make in enumerate(OPTIMIZERS):
        assert_same(together, small_race([make()], dtype, keep=[4, 12]), slice(r, r + 1))


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_is_walked(order):
    data = three_classes()
    labels = data.train.labels if order == "balanced" else None
    plan = mn.Plan(28, 5, 2, order, 3, labels=labels)
    report = small_race("momentum(0.3)", plan=order)
    errors, path = walked(NET, data, "momentum(0.3)", plan, "float32")
    np.testing.assert_array_equal(report.losses[0], errors)
    np.testing.assert_array_equal(report.weights[0], path[-1])
    assert report.info["plan_hash"] == plan.hash


@settings(deadline=None, max_examples=4 if PLAIN else 25)
@given(
    units=st.lists(st.sampled_from(["tanh", "relu", "softplus"]), max_size=2),
    batch_size=st.integers(1, 28),
    biases=st.booleans(),
    keep_short=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
    optimizer=st.sampled_from(BOLD.split(", ")),
)
def test_any_net_is_walked(units, batch_size, biases, keep_short, seed, optimizer):
    net = mn.MLP([3, *[4] * len(units), 3], units, biases=biases)
    data = three_classes("float64")
    plan = mn.Plan(28, batch_size, 1, seed=seed, keep_short=keep_short)
    report = race(
        net, data, optimizer, dtype="float64", seed=seed,
        batch_size=batch_size, epochs=1, keep_short=keep_short,
    )  # fmt: skip
    errors, path = walked(net, data, optimizer, plan, "float64", seed)
    np.testing.assert_array_equal(report.losses[0], errors)
    np.testing.assert_array_equal(report.weights[0], path[-1])


@pytest.mark.skipif(PLAIN, reason="NUMBA_DISABLE_JIT: it would take minutes")
def test_products_large_enough_for_blas_threads_are_walked_too():
    """The walk leaves BLAS its threads, the race holds it at one."""
    net, plan = mn.MLP([64, 200, 100, 10], "relu"), mn.Plan(1437, 256, 1)
    report = race(net, "digits", "rmsprop", batch_size=256, epochs=1)
    errors, path = walked(net, mn.load("digits"), "rmsprop", plan, "float32", seed=0)
    np.testing.assert_array_equal(report.losses[0], errors)
    np.testing.assert_array_equal(report.weights[0], path[-1])


# ---------------------------------------------------------------------------- against the twin


@pytest.mark.parametrize("keep_short", [True, False])
def test_a_short_mini_batch_is_averaged_over_its_own_length(keep_short):
    """SGD by the answer book: 28 cases in mini-batches of 5, the last of 3 or none."""
    data = three_classes("float64")
    report = small_race("sgd(0.5)", "float64", keep_short=keep_short)
    w, losses = NET.start(3, "float64"), []
    for cases in mn.Plan(28, 5, 2, seed=3, keep_short=keep_short):
        e, layers = naive.loss_and_gradients(
            NET.named(w), data.train.x[cases], data.train.t[cases], NET.hidden, NET.output,
            NET.loss, NET.l2,
        )  # fmt: skip
        losses.append(e)
        w = w - 0.5 * np.concatenate([a.ravel() for layer in layers for a in layer])
    assert len(losses) == (12 if keep_short else 10)
    np.testing.assert_allclose(report.losses[0], losses, rtol=1e-10)
    np.testing.assert_allclose(report.weights[0], w, rtol=1e-9, atol=1e-12)


def test_scores_are_those_of_the_twin():
    data = three_classes("float64")
    report = small_race("sgd(0.5)", "float64", epochs=3)
    named = NET.named(report.weights[0])
    for p, part in enumerate((data.train, data.validation, data.test)):
        loss, _ = naive.loss_and_gradients(
            named, part.x, part.t, NET.hidden, NET.output, NET.loss
        )  # without the L2 penalty
        y = naive.forward(named, part.x, NET.hidden, NET.output)
        wrong = np.mean(y.argmax(axis=1) != part.labels)
        np.testing.assert_allclose(report.scores[0, -1, p], [loss, wrong], rtol=1e-9)


# ---------------------------------------------------------------------------- the same bits


def test_the_number_of_threads_does_not_matter():
    one = small_race(threads=1, keep=[3])
    assert_same(one, small_race(threads=2, keep=[3]))
    assert_same(one, small_race(threads=3, keep=[3]))
    assert_same(one, small_race(threads=64, keep=[3]))


def test_the_same_seed_is_the_same_report():
    one, two, other = small_race(), small_race(), small_race(seed=4)
    assert_same(one, two)
    told = ("start_hash", "plan_hash", "plan", "net", "data", "optimizers", "seed", "dtype")
    assert [one.info[key] for key in told] == [two.info[key] for key in told]
    assert one.info["start_hash"] != other.info["start_hash"]
    assert one.info["plan_hash"] != other.info["plan_hash"]


@pytest.mark.parametrize(("bound", "value"), [("CHUNK_BYTES", 1), ("CHUNK_BYTES", 180)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_size_of_a_chunk_does_not_matter(monkeypatch, bound, value, dtype):
    ticks = []
    whole = small_race(dtype=dtype, keep=[0, 5, 8])
    monkeypatch.setattr(lockstep, bound, value)
    pieces = small_race(dtype=dtype, keep=[0, 5, 8], progress=lambda *told: ticks.append(told))
    assert_same(whole, pieces)
    assert len(ticks) > 4  # it did come in pieces


def test_much_work_comes_in_small_chunks(monkeypatch):
    ticks = []
    whole = small_race()
    monkeypatch.setattr(lockstep, "CHUNK_WORK", 1)
    assert_same(whole, small_race(progress=lambda *told: ticks.append(told)))
    assert ticks == [(step, 12) for step in range(1, 13)]


@pytest.mark.parametrize("every", [0, 1, 2])
def test_a_chunk_goes_on_until_something_is_to_be_done(every):
    """Across epochs, unless they are evaluated or a step is kept."""
    ticks = []
    report = small_race(
        epochs=4, evaluate_every=every, keep=[20], progress=lambda *told: ticks.append(told)
    )
    assert [step for step, _ in ticks] == {
        0: [20, 24], 1: [6, 12, 18, 20, 24], 2: [12, 20, 24]
    }[every]  # fmt: skip
    assert report.weights.tobytes() == small_race(epochs=4).weights.tobytes()


@pytest.mark.skipif(PLAIN, reason="NUMBA_DISABLE_JIT: nothing is compiled")
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_second_race_compiles_nothing(dtype):
    small_race([make() for make in OPTIMIZERS], dtype)
    compiled, signatures = list(kernel_cache.compiled), list(loop.descend.signatures)
    small_race([make() for make in reversed(OPTIMIZERS)], dtype, epochs=1)
    deep = mn.MLP([3, 5, 2, 3], "tanh", l2=0.1, biases=False)
    race(deep, three_classes(), "rprop", dtype=dtype, plan=[[0, 1], [2]], epochs=1, keep=[1])
    assert compiled == kernel_cache.compiled
    # Another loss and other units are compiled, and nothing else is.
    options = {"dtype": dtype, "batch_size": 1, "epochs": 1}
    race(LINE, a_regression(dtype), "adam, nesterov", **options)
    fresh = kernel_cache.compiled[len(compiled) :]
    assert {name.split(".")[-2] for name in fresh} <= {
        "backprop", "units", "elementary"
    }  # fmt: skip
    compiled = list(kernel_cache.compiled)
    race(mn.MLP([2, 2], loss="squared", biases=False), a_regression(dtype), "sgd", **options)
    assert compiled == kernel_cache.compiled and signatures == loop.descend.signatures


def test_two_python_threads_can_race_at_once():
    alone = [small_race(dtype=dtype, epochs=4) for dtype in DTYPES]
    found = {}

    def run(dtype):
        found[dtype] = small_race(dtype=dtype, epochs=4)

    for _ in range(1 if PLAIN else 5):
        threads = [threading.Thread(target=run, args=(dtype,)) for dtype in DTYPES]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for dtype, serial in zip(DTYPES, alone, strict=True):
            assert_same(serial, found[dtype])


def blas_threads():
    return [blas["num_threads"] for blas in threadpool_info() if blas["user_api"] == "blas"]


def test_a_race_gives_blas_its_threads_back():
    surroundings.blas()  # loads it
    with threadpool_limits(2, user_api="blas"):
        during = []
        small_race(progress=lambda *told: during.extend(blas_threads()))
        assert set(during) == {1}
        assert set(blas_threads()) == {2}


OVERLAP = """
import threading
import minnet as mn
from threadpoolctl import threadpool_info

def told():
    return [blas["num_threads"] for blas in threadpool_info() if blas["user_api"] == "blas"]

def run(tick):
    data = mn.load("moons", cases=30)
    mn.race(mn.MLP([2, 2]), data, "sgd", epochs=2, batch_size=5, progress=tick)

run(False)
before = told()
first_began, second_began, first_ended = (threading.Event() for _ in range(3))

def first():
    run(lambda *told: (first_began.set(), second_began.wait(300)))
    first_ended.set()

def second():
    first_began.wait(300)
    run(lambda *told: (second_began.set(), first_ended.wait(300)))

threads = [threading.Thread(target=work) for work in (first, second)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert set(before) == {2} == set(told()), (before, told())
"""


@pytest.mark.slow
def test_overlapping_races_give_blas_its_threads_back():
    printed(OVERLAP, OPENBLAS_NUM_THREADS="2")


def test_weights_are_hashed_by_their_bytes():
    w = np.arange(6, dtype="float32")
    assert weights_hash(w) == hashlib.sha256(w.tobytes()).hexdigest()[:12]
    assert weights_hash(w) != weights_hash(w + np.float32(1e-6))
    assert weights_hash(np.arange(12, dtype="float32")[::2] / 2) == weights_hash(w)


# ---------------------------------------------------------------------------- divergence


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_run_that_diverges_is_recorded_and_harms_nobody(dtype):
    data, steps = a_regression(dtype), 80
    options = {"batch_size": 5, "epochs": 20, "dtype": dtype, "seed": 3, "keep": [0, steps]}
    calm = race(LINE, data, "sgd(0.05), rmsprop(0.01)", **options)
    report = race(LINE, data, "sgd(0.05), sgd(1e6), rmsprop(0.01)", **options)
    assert_same(report, calm, [0, 2])
    step = report.diverged_at[1]
    errors, path = walked(LINE, data, "sgd(1e6)", mn.Plan(20, 5, 20, seed=3), dtype)
    assert 2 < step < steps and step == len(errors) and not np.isfinite(errors[-1])
    np.testing.assert_array_equal(report.losses[1, :step], errors)
    assert np.isfinite(report.losses[1, : step - 1]).all()
    assert np.isnan(report.losses[1, step:]).all()
    np.testing.assert_array_equal(report.weights[1], path[-1])
    later = report.evaluated_at >= step
    assert np.isnan(report.scores[1, later]).all() and later.sum() > 2
    assert np.isnan(report.final("train")).tolist() == [False, True, False]
    assert np.isfinite(report.best_weights).all()


def test_the_step_of_divergence_does_not_depend_on_the_chunk(monkeypatch):
    whole = race(LINE, a_regression(), "sgd(0.1), sgd(1e6)", batch_size=5, epochs=20)
    monkeypatch.setattr(lockstep, "CHUNK_BYTES", 1)
    assert_same(whole, race(LINE, a_regression(), "sgd(0.1), sgd(1e6)", batch_size=5, epochs=20))


def test_a_race_without_runners_ends():
    ticks = []
    report = race(
        LINE, a_regression(), "sgd(1e6), sgd(1e7)", batch_size=5, epochs=500,
        progress=lambda *told: ticks.append(told),
    )  # fmt: skip
    assert (report.diverged_at > 0).all() and not report.interrupted
    assert report.diverged_at.max() <= report.losses.shape[1] < 100 < report.info["steps_planned"]
    assert report.losses.shape[1] == report.diverged_at.max()
    assert ticks == sorted(ticks) and ticks[-1][0] <= report.losses.shape[1]
    assert "diverged at step" in str(report)


def test_progress_is_told_up_to_the_end_of_a_race_without_runners():
    ticks = []
    report = race(
        LINE, a_regression(), "sgd(1e6), sgd(1e7)", batch_size=5, epochs=500,
        progress=lambda *told: ticks.append(told),
    )  # fmt: skip
    assert ticks[-1][0] == report.losses.shape[1]


def test_no_final_error_of_a_run_that_diverged_after_the_last_evaluation(monkeypatch):
    monkeypatch.setattr(lockstep, "CHUNK_BYTES", 1)
    report = race(LINE, a_regression(), "sgd(1e6), sgd(1e7)", batch_size=5, epochs=500)
    assert (report.diverged_at > 0).all()
    assert np.isnan(report.final("train")).all()


def test_the_end_of_a_race_without_runners_does_not_depend_on_the_chunk(monkeypatch):
    for every in (0, 1, 3):
        options = {"batch_size": 5, "epochs": 500, "evaluate_every": every, "keep": [2, 3, 7]}
        with monkeypatch.context() as patched:
            reports = []
            for size in (4 << 20, 200, 1):
                patched.setattr(lockstep, "CHUNK_BYTES", size)
                reports.append(race(LINE, a_regression(), "sgd(1e6), sgd(1e7)", **options))
        for report in reports[1:]:
            assert_same(reports[0], report)
        assert reports[0].losses.shape[1] == reports[0].diverged_at.max()


def test_divergence_in_the_first_step():
    report = race(
        LINE, a_regression(), "sgd", start=np.full(6, 3e38), batch_size=5, epochs=2
    )  # fmt: skip
    assert report.diverged_at.tolist() == [1]
    np.testing.assert_array_equal(report.weights[0], np.full(6, 3e38, "float32"))


# ---------------------------------------------------------------------------- what is kept


@pytest.mark.parametrize(
    ("every", "steps"),
    [(0, [30]), (1, [0, 6, 12, 18, 24, 30]), (2, [0, 12, 24, 30]), (9, [0, 30])],
)
def test_evaluations(every, steps):
    report = small_race(epochs=5, evaluate_every=every)
    assert report.evaluated_at.tolist() == steps
    assert report.scores.shape == (5, len(steps), 3, 2)
    dense = small_race(epochs=5)
    np.testing.assert_array_equal(report.weights, dense.weights)
    chosen = np.isin(dense.evaluated_at, steps)
    np.testing.assert_array_equal(report.scores, dense.scores[:, chosen])


@pytest.mark.parametrize("chunk_bytes", [1, 4 << 20])
def test_weights_are_kept_after_the_steps_asked_for(monkeypatch, chunk_bytes):
    monkeypatch.setattr(lockstep, "CHUNK_BYTES", chunk_bytes)
    report = small_race("sgd(0.5), adam(0.1)", keep=[7, 0, 12, 7, np.int64(1)])
    assert report.kept_at.tolist() == [0, 1, 7, 12] and report.kept.shape == (2, 4, 31)
    for r, optimizer in enumerate(("sgd(0.5)", "adam(0.1)")):
        _, path = walked(NET, three_classes(), optimizer, mn.Plan(28, 5, 2, seed=3), "float32")
        np.testing.assert_array_equal(report.kept[r], path[[0, 1, 7, 12]])


def test_nothing_is_kept_unasked():
    report = small_race()
    assert report.kept_at.shape == (0,) and report.kept.shape == (5, 0, 31)


@pytest.mark.parametrize("validation", [0.2, 0])
def test_the_best_weights_are_those_that_validate_best(validation):
    data = three_classes(validation=validation, test=0)
    K = -(-len(data.train) // 5)
    part = data.validation if validation else data.train
    report = race(
        NET, data, "sgd(20.0), rmsprop(0.3), sgd(0.01)", batch_size=5, epochs=8,
        keep=range(0, 8 * K + 1, K),
    )  # fmt: skip
    for r in range(3):
        scores = [NET.evaluate(w, part.x, part.t, classes=True) for w in report.kept[r]]
        best = int(np.argmin([loss for loss, _ in scores]))
        assert report.best_at[r] == best * K
        np.testing.assert_array_equal(report.best_weights[r], report.kept[r, best])
        assert report.best_error()[r] == scores[best][1]
    assert report.best_at.max() == 8 * K > report.best_at.min()


# ---------------------------------------------------------------------------- Ctrl-C


def assert_stopped(report, step):
    """All runs are at `step`, and nothing later is told."""
    assert report.interrupted and report.losses.shape == (5, step)
    for r, optimizer in enumerate(BOLD.split(", ")):
        errors, path = walked(NET, three_classes(), optimizer, mn.Plan(28, 5, 2, seed=3), "float32")
        np.testing.assert_array_equal(report.losses[r], errors[:step])
        np.testing.assert_array_equal(report.weights[r], path[step])
    assert f"stopped after {step} of 12 steps" in str(report)


@pytest.mark.parametrize("stop", [1, 6, 7])
def test_an_interrupt_between_chunks(monkeypatch, stop):
    def interrupt(done, total):
        assert total == 12
        if done == stop:
            raise KeyboardInterrupt

    monkeypatch.setattr(lockstep, "CHUNK_BYTES", 1)
    report = small_race(progress=interrupt, keep=[0, 1, 12])
    assert_stopped(report, stop)
    assert report.kept_at.tolist() == [0, 1]
    assert report.evaluated_at.tolist() == ([0] if stop < 6 else [0, 6])


@pytest.mark.parametrize("stop", [1, 6, 7])
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_between_chunks(monkeypatch, stop, times):
    """The signal itself; and a second one, which is as sudden as ever."""

    def interrupt(done, total):
        if done == stop:
            for _ in range(times):
                signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(lockstep, "CHUNK_BYTES", 1)
    assert_stopped(small_race(progress=interrupt), stop)
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_while_runs_are_at_work(monkeypatch):
    """It is a request: the chunk is finished, and what belongs to its end is done."""
    submit = lockstep.Race.submit

    def interrupted(state, pool, chunk):
        tasks = submit(state, pool, chunk)
        if state.step == 6:
            signal.raise_signal(signal.SIGINT)
        return tasks

    monkeypatch.setattr(lockstep, "CHUNK_BYTES", 1)
    monkeypatch.setattr(lockstep.Race, "submit", interrupted)
    report = small_race(keep=[6, 7])
    assert_stopped(report, 6)
    assert report.evaluated_at.tolist() == [0, 6] and report.kept_at.tolist() == [6]


def test_ctrl_c_at_the_end_is_no_interruption():
    before = signal.getsignal(signal.SIGINT)
    report = small_race(
        progress=lambda done, total: done == total and signal.raise_signal(signal.SIGINT)
    )
    assert_same(report, small_race())
    assert not report.interrupted and signal.getsignal(signal.SIGINT) is before


def test_a_callers_own_handler_of_ctrl_c_comes_back():
    mine = []
    before = signal.signal(signal.SIGINT, lambda *told: mine.append(told))
    try:
        own = signal.getsignal(signal.SIGINT)
        with pytest.raises(ValueError):
            small_race(progress=lambda *told: int("fails"))
        assert signal.getsignal(signal.SIGINT) is own
        assert small_race(progress=lambda *told: signal.raise_signal(signal.SIGINT)).interrupted
        assert signal.getsignal(signal.SIGINT) is own and mine == []
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_race_in_another_thread_leaves_ctrl_c_alone():
    """Python lets only the main thread set a handler."""
    before, during, reports = signal.getsignal(signal.SIGINT), [], []
    thread = threading.Thread(
        target=lambda: reports.append(
            small_race(progress=lambda *told: during.append(signal.getsignal(signal.SIGINT)))
        )
    )
    thread.start()
    thread.join()
    assert set(during) == {before}
    assert_same(reports[0], small_race())


def interrupt_once(monkeypatch, when):
    """Ctrl-C while runs are at work: the `when`-th wait for them is interrupted."""
    waits, wait = [], lockstep.wait

    def interrupted(tasks):
        waits.append(len(tasks))
        if len(waits) == when:
            raise KeyboardInterrupt
        return wait(tasks)

    monkeypatch.setattr(lockstep, "wait", interrupted)


def test_an_interrupt_while_runs_are_at_work(monkeypatch):
    """They finish the chunk, all of them."""
    monkeypatch.setattr(lockstep, "CHUNK_BYTES", 1)
    interrupt_once(monkeypatch, 5)  # the first wait is for the evaluation of the start
    assert_stopped(small_race(), 4)


def test_an_interrupt_during_an_evaluation(monkeypatch):
    interrupt_once(monkeypatch, 3)
    report = small_race()
    assert report.interrupted
    assert set(report.best_at.tolist()) <= {0, *report.evaluated_at.tolist()}
    assert not np.isnan(report.best_error()).any()


def test_an_interrupt_gives_blas_its_threads_back():
    def interrupt(done, total):
        raise KeyboardInterrupt

    surroundings.blas()
    with threadpool_limits(2, user_api="blas"):
        assert small_race(progress=interrupt).interrupted
        assert set(blas_threads()) == {2}


def test_other_errors_of_a_callback_are_not_swallowed():
    def fail(done, total):
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        small_race(progress=fail)


def test_progress_is_told_up_to_the_end():
    ticks = []
    small_race(epochs=3, progress=lambda *told: ticks.append(told))
    assert ticks[-1] == (18, 18) and ticks == sorted(ticks)


def test_a_progress_bar(capsys):
    small_race("sgd", progress=True)
    assert "mini-batches" in capsys.readouterr().err


# ---------------------------------------------------------------------------- what may be given


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_users_own_rule_is_the_built_in_one(dtype):
    report = small_race([mn.Momentum(0.3), mn.custom(heavy, lr=0.3)], dtype, keep=range(13))
    np.testing.assert_array_equal(report.losses[0], report.losses[1])
    np.testing.assert_array_equal(report.kept[0], report.kept[1])
    np.testing.assert_array_equal(report.scores[0], report.scores[1])


def test_optimizers_may_be_text_objects_and_rules_mixed():
    report = small_race(["sgd(0.5), rprop", mn.Adam(0.1), heavy, mn.custom(heavy)])
    names = [entry["name"] for entry in report.info["optimizers"]]
    assert names == ["sgd", "rprop", "adam", "heavy", "heavy"]
    assert report.labels[0] == "sgd(lr=0.5)" and report.labels[3] == "heavy(lr=0.1, momentum=0.9)"
    np.testing.assert_array_equal(report.weights[3], report.weights[4])


def test_one_optimizer_needs_no_list():
    for one in ("sgd(0.5)", mn.SGD(0.5), (mn.SGD(0.5),), iter([mn.SGD(0.5)])):
        assert_same(small_race(one), small_race("sgd(0.5)"))


def test_a_list_in_the_notation_is_one_run_each():
    assert small_race("sgd(lr=[0.1, 0.2, 0.3])").labels == [
        f"sgd(lr={lr})" for lr in (0.1, 0.2, 0.3)
    ]


def test_train_is_a_race_of_one():
    options = {"batch_size": 5, "epochs": 2, "seed": 3}
    assert_same(train(NET, three_classes(), "adam(0.1)", **options), small_race("adam(0.1)"))
    assert train(NET, three_classes(), heavy, **options).labels == ["heavy(lr=0.1, momentum=0.9)"]
    with pytest.raises(ValueError, match="expected one optimizer, got 2"):
        train(NET, three_classes(), "sgd, adam", **options)


def test_data_by_name():
    report = race(mn.MLP([64, 10]), "digits", "sgd(0.1)", batch_size=1437, epochs=1)
    loaded = race(mn.MLP([64, 10]), mn.load("digits"), "sgd(0.1)", batch_size=1437, epochs=1)
    assert_same(report, loaded)
    assert report.info["data"]["name"] == "digits"
    assert report.info["data"]["cases"] == {"train": 1437, "validation": 180, "test": 180}


@pytest.mark.parametrize("kind", [str, lambda path: path])
def test_data_by_path(tmp_path, kind):
    path = tmp_path / "plane.csv"
    rows = [f"{x},{1 - x},{'b' if x > 0.5 else 'a'}" for x in np.linspace(0, 1, 20)]
    path.write_text("\n".join(["left,right,class", *rows]) + "\n")
    report = race(mn.MLP([2, 2]), kind(path), "sgd", batch_size=4, epochs=1)
    assert report.info["data"]["name"] == "plane" and report.info["data"]["classes"] == ["a", "b"]


@pytest.mark.parametrize("given_as", DTYPES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_data_take_the_dtype_of_the_race(dtype, given_as):
    report = race(NET, three_classes(given_as), BOLD, dtype=dtype, batch_size=5, epochs=1)
    assert report.weights.dtype == dtype == report.info["dtype"]


@pytest.mark.parametrize("loss", ["squared", "mean-squared"])
def test_a_regression(loss):
    """Exact data of a linear function: the error, a root mean square, goes to 0."""
    net = mn.MLP([2, 2], loss=loss)
    data = a_regression("float64")
    report = race(net, data, "sgd(0.2)", dtype="float64", batch_size=20, epochs=300)
    y = net.predict(report.weights[0], data.train.x)
    right = np.sqrt(np.mean((y - data.train.t) ** 2))
    assert report.final("train")[0] == pytest.approx(right, rel=1e-6, abs=1e-12)
    assert right < 1e-6 < 0.1 < report.scores[0, 0, 0, 1]
    assert np.isnan(report.final("test")).all()


def test_a_plan_as_an_object_or_outright():
    plan = mn.Plan(28, 5, 2, seed=3)
    assert_same(small_race(plan=plan, batch_size=9, epochs=7), small_race())
    batches = [[0, 3], [5], [1, 1, 2]]
    outright = small_race(plan=batches)
    assert_same(outright, small_race(plan=mn.GivenPlan(batches, 28, 2)))
    assert outright.losses.shape == (5, 6)
    assert outright.info["plan"] == "3 mini-batches given, 2 epochs"


def test_a_given_mini_batch_larger_than_the_data_has_room():
    batches = [np.arange(90) % 28, [1, 2]]
    report = small_race("sgd(0.5), adam", plan=batches)
    errors, path = walked(
        NET, three_classes(), "sgd(0.5)", mn.GivenPlan(batches, 28, 2), "float32"
    )  # fmt: skip
    np.testing.assert_array_equal(report.losses[0], errors)
    np.testing.assert_array_equal(report.weights[0], path[-1])


def test_given_start_weights():
    start = 0.1 * np.cos(np.arange(31))
    before = start.copy()
    report = small_race(start=start, keep=[0])
    assert np.array_equal(start, before)  # the caller's array is not trained
    np.testing.assert_array_equal(report.kept[:, 0], np.tile(start.astype("float32"), (5, 1)))
    assert report.info["start_hash"] == weights_hash(start.astype("float32"))
    assert_same(report, small_race(start=start.tolist(), keep=[0]))


def test_all_runs_share_what_the_report_says():
    report = small_race(keep=[0])
    start = NET.start(3)
    np.testing.assert_array_equal(report.kept[:, 0], np.tile(start, (5, 1)))
    assert report.info["start_hash"] == weights_hash(start)
    assert report.info["plan_hash"] == mn.Plan(28, 5, 2, seed=3).hash
    assert report.info["data"]["hash"] == three_classes().hash
    assert report.info["steps_per_epoch"] == 6 and report.info["steps_planned"] == 12


# ---------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"net": mn.MLP([4, 3])}, "the net has 4 inputs, three has 3 columns"),
        ({"net": mn.MLP([3, 4])}, "the net has 4 outputs, three has 3 classes"),
        ({"data": a_regression()}, "the net has 3 inputs, data has 2 columns"),
        (
            {"data": a_regression(), "net": mn.MLP([2, 2])},
            "is a regression: use MLP.*loss='squared'",
        ),
        ({"data": a_regression(), "net": mn.MLP([2, 1], loss="squared")}, "data has 2 targets"),
        ({"data": "digit"}, "did you mean 'digits'"),
        ({"optimizers": []}, "a race needs at least one optimizer, got none"),
        ({"optimizers": ""}, "no optimizers given"),
        ({"optimizers": "sdg"}, "did you mean 'sgd'"),
        (
            {"optimizers": ["sgd", "rmsprop(learning=1)"]},
            "unknown hyperparameter of rmsprop 'learning'",
        ),
        ({"batch_size": 0}, r"between 1 and 28 \(cases in training part\), got 0"),
        ({"batch_size": 29}, r"between 1 and 28 \(cases in training part\), got 29"),
        ({"batch_size": 2.5}, "batch_size .* got 2.5"),
        ({"epochs": 0}, "epochs must be a whole number at least 1, got 0"),
        ({"epochs": -3}, "epochs .* got -3"),
        ({"seed": -1}, "seed .* got -1"),
        ({"seed": 0.5}, "seed .* got 0.5"),
        ({"threads": 0}, "threads must be a whole number at least 1, got 0"),
        ({"threads": 1.5}, "threads .* got 1.5"),
        ({"evaluate_every": -1}, "evaluate_every must be a whole number at least 0, got -1"),
        ({"evaluate_every": None}, "evaluate_every .* got None"),
        ({"keep": [3, 13]}, "a step to keep must be a whole number between 0 and 12, got 13"),
        ({"keep": [-1]}, "a step to keep .* got -1"),
        ({"keep": [1.5]}, "a step to keep .* got 1.5"),
        ({"dtype": "float16"}, "float16"),
        ({"dtype": "int32"}, "int32"),
        ({"plan": "shufled"}, "unknown order 'shufled'"),
        ({"plan": mn.Plan(27, 5, 1)}, "the plan is for 27 cases, the training part has 28"),
        ({"plan": [[0], [28]]}, r"names cases outside 0\.\.27"),
        ({"start": np.zeros(30)}, r"start must be 31 finite weights, got .* \(30,\)"),
        ({"start": np.zeros((31, 1))}, "start must be 31 finite weights"),
        ({"start": np.full(31, np.nan)}, "start must be 31 finite weights"),
        ({"start": [np.inf, *[0.0] * 30]}, "start must be 31 finite weights"),
    ],
)
def test_what_cannot_be_raced_is_refused_in_one_line(arguments, told):
    given = {"net": NET, "data": three_classes(), "optimizers": "sgd", "batch_size": 5, "epochs": 2}
    given |= arguments
    with pytest.raises(ValueError, match=told) as refusal:
        race(given.pop("net"), given.pop("data"), given.pop("optimizers"), **given)
    assert "\n" not in str(refusal.value)


def test_the_refusal_of_a_batch_size_is_the_one_of_the_design():
    with pytest.raises(ValueError, match="batch_size must be") as refusal:
        race(mn.MLP([64, 10]), "digits", "sgd", batch_size=4000)
    assert str(refusal.value).endswith("between 1 and 1437 (cases in training part), got 4000")


def test_a_balanced_plan_needs_classes():
    with pytest.raises(ValueError, match="'balanced' needs class labels"):
        race(LINE, a_regression(), "sgd", batch_size=5, plan="balanced")


def test_an_unknown_dtype_is_refused():
    with pytest.raises(ValueError, match="banana"):
        race(NET, three_classes(), "sgd", dtype="banana")


def test_one_logistic_output_will_do_for_two_classes():
    """So says the refusal of a softmax with one output."""
    data, net = mn.load("moons", cases=100), mn.MLP([2, 1], output="logistic")
    report = race(net, data, "sgd(0.5)", batch_size=10, epochs=4)
    says_second = net.predict(report.weights[0], data.test.x)[:, 0] > 0.5
    wrong = np.mean(says_second != (data.test.labels == 1))
    assert report.final("test")[0] == wrong < 0.4
    assert data.train.t.shape[1] == 2  # the caller's data are as they were
