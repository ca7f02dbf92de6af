"""The pieces by themselves: texts around the rules, products in tiles, shared memory's layout."""

import threading

import numpy as np
import pytest
from gpu_cases import DEVICE, heavy

import minnet as mn
from minnet import gpu
from minnet.gpu import device
from minnet.net import units

pytest.importorskip("numba_cuda")
gpu.named(DEVICE)
from minnet.gpu import products, state, steps  # noqa: E402


def test_the_text_around_a_rule_fetches_and_puts_back():
    rmsprop, custom = mn.RMSprop(), mn.custom(heavy)
    pairs, kinds = steps.kinds_of([rmsprop, custom, mn.RMSprop(0.5)])
    assert kinds == [0, 1, 0] and [rule.__name__ for rule, _ in pairs] == ["rmsprop", "heavy"]
    assert steps.advance_text(pairs).splitlines() == [
        "def advance(kind, w, at, i, n, g, slots, from_slot, hyper, step_number, worse):",
        "    if kind == 0:",
        "        w[at + i], slots[from_slot + 0 * n + i] = rule_0(w[at + i], g, "
        "slots[from_slot + 0 * n + i], hyper[0], hyper[1], hyper[2])",
        "    if kind == 1:",
        "        w[at + i], slots[from_slot + 0 * n + i] = rule_1(w[at + i], g, "
        "slots[from_slot + 0 * n + i], step_number, worse, hyper[0], hyper[1])",
    ]


def test_the_kernel_of_one_rule_is_one_pass():
    """One line for a weight: each of its numbers is read once and written once."""
    nesterov = mn.Nesterov()
    text = steps.step_text(nesterov.rule).splitlines()
    assert text[-2] == "    for i in range(cuda.grid(1), w.size, cuda.gridsize(1)):"
    assert text[-1] == (
        "        w[i], slots[0 * n + i] = rule_0(w[i], g[i], slots[0 * n + i], hyper_0, hyper_1)"
    )
    text = steps.ahead_text(nesterov.rule, nesterov.jump).splitlines()
    assert text[-1] == "        place[i] = jump_0(w[i], slots[0 * n + i], hyper_1)"


@pytest.mark.parametrize("tile", [(4, 4, 2, 2), (2, 6, 3, 1), (8, 4, 4, 4)], ids=str)
@pytest.mark.parametrize("sizes", [(1, 1, 1), (5, 3, 7), (8, 4, 4)], ids=str)
@pytest.mark.parametrize("kind", ["forward", "backward", "gradient"])
def test_products(kind, sizes, tile):
    """Windows of flat arrays, sizes that are no multiple of the tile, against NumPy."""
    from numba import cuda

    (m, n, k), tile = sizes, products.Tile(*tile)
    rng = np.random.default_rng(0)
    a, b, bias, y = (rng.normal(size=size) for size in (m * k, k * n, n, m * n))
    windows = [np.concatenate([[np.nan] * 2, array]) for array in (a, b, bias, y)]
    kinds = {
        "forward": (products.FORWARD, False, False),
        "backward": (products.BACKWARD, False, True),
        "gradient": (products.PLAIN, True, False),
    }
    c = cuda.to_device(np.zeros(2 + m * n))
    a_there, b_there, bias_there, y_there = map(cuda.to_device, windows)
    kernel = products.product(*kinds[kind], tile, "float64")
    grid = -(-n // tile.columns), -(-m // tile.rows)
    with device.named(DEVICE).in_use():
        kernel[grid, tile.threads](
            a_there, 2, b_there, 2, c, 2, m, n, k, bias_there, 2, y_there, 2, units.TANH
        )
    left = a.reshape(k, m).T if kind == "gradient" else a.reshape(m, k)
    right = b.reshape(n, k).T if kind == "backward" else b.reshape(k, n)
    expected = left @ right
    if kind == "forward":
        expected = np.tanh(expected + bias)
    elif kind == "backward":
        expected = expected * (1 - y.reshape(m, n) ** 2)
    result = c.copy_to_host()
    np.testing.assert_allclose(result[2:].reshape(m, n), expected, rtol=1e-13, atol=1e-14)
    np.testing.assert_array_equal(result[:2], 0)


def test_shared_memory_at_its_border():
    """42 units x 32 cases twice, 64 errors; RMSprop on 2410 weights: 2752 and 4820 numbers."""
    numbers = {"units": 42, "cases": 32, "per_run": 4820}
    fits = state.room_for(**numbers, shared=7572)
    assert fits == (1344, 2688, 2752, 7572, True, True)
    assert state.room_for(**numbers, shared=7571) == (1344, 2688, 2752, 2752, False, True)
    assert state.room_for(**numbers, shared=2752).is_shared
    assert state.room_for(**numbers, shared=2751) == (1344, 2688, 2752, 2752, False, False)


@pytest.mark.parametrize(
    ("sizes", "batch", "runs", "wide"),
    [
        ((64, 32, 10), 32, 1, False),
        ((64, 32, 10), 32, 10_000, False),
        ((784, 1024, 1024, 10), 256, 1, True),
        ((784, 1024, 1024, 10), 256, 100, True),
        ((784, 128, 10), 128, 1, True),
        ((784, 128, 10), 128, 1000, False),
    ],
)
def test_large_nets_that_are_few_get_the_whole_device(sizes, batch, runs, wide):
    work = 6 * mn.MLP(sizes).n_weights * batch
    assert gpu.is_wide(work, runs, blocks=8 * 132) == wide


def test_all_threads_of_a_simulated_block_share_one_array(monkeypatch):
    """The simulator alone gives two threads that ask at the same moment an array each."""
    if not device.named(DEVICE).is_simulated:
        pytest.skip("about the simulator, and here is a real card")
    from minnet.gpu import simulation

    empty, got, asked = np.empty, [], threading.Semaphore(0)

    class Lock:
        """The simulator's, which tells who asks for it."""

        inner = simulation.lock

        def __enter__(self):
            asked.release()
            self.inner.acquire()

        def __exit__(self, *_):
            self.inner.release()

    def when_all_have_asked(*arguments):
        if not got:
            assert all(asked.acquire(timeout=600) for _ in range(4))
        return empty(*arguments)

    monkeypatch.setattr(simulation, "lock", Lock())
    monkeypatch.setattr(np, "empty", when_all_have_asked)
    with simulation.simulating():
        block = simulation.FakeCUDAShared(0)
        threads = [
            threading.Thread(target=lambda: got.append(block.array((2, 3), np.float32)))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(got) == 4 and {id(array) for array in got} == {id(got[0])}
    assert got[0].shape == (2, 3) and got[0].dtype == np.float32
