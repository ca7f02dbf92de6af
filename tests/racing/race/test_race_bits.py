"""A race gives the same bits whatever the threads, the size of a chunk and other races."""

import hashlib
import threading

import numpy as np
import pytest
from new_python import printed
from small_races import DTYPES, LINE, PLAIN, a_regression, three_classes
from threadpoolctl import threadpool_limits
from walked_races import assert_same, blas_threads, small_race

import minnet as mn
from minnet import race
from minnet.descent import loop
from minnet.kernels import cache as kernel_cache
from minnet.optimizers.catalogue import OPTIMIZERS
from minnet.racing import blas, state as lockstep
from minnet.racing.state import weights_hash


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


def test_a_race_gives_blas_its_threads_back():
    blas.blas()  # loads it
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
