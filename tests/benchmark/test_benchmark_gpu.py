"""The benchmark on a card: its GPU jobs are the CPU's jobs, in the simulator."""

import json

import numba
import numpy as np
import pytest
from benchmark_jobs import STEP, STEP_CLOSE

import minnet as mn
from minnet.benchmark import __main__, by_minnet, jobs, machine, on_gpu


@pytest.fixture
def simulated():
    """The CUDA simulator as the device: for what is computed, not for how long it takes."""
    pytest.importorskip("numba_cuda")
    from minnet import gpu

    if not numba.config.ENABLE_CUDASIM:
        pytest.skip("CUDA is not simulated in this process")
    return gpu.named("cuda-sim")


ON_CARD = {
    "G1": jobs.StepJob(n=50, steps=2),
    "G2": jobs.StepJob(n=7, steps=3),
    "G3": jobs.SweepJob(jobs.NetJob((64, 3, 10), "tanh", 8, 16, 1, 1e-2, 1), seeds=1, rates=2),
    "G4": jobs.NetJob((7, 6, 5, 4), "relu", 4, 8, 1, 1e-3, 1),
}


@pytest.mark.slow
@pytest.mark.parametrize("key", ON_CARD)
def test_gpu_workloads_run_in_the_simulator(simulated, key):
    """All but the timing; every row that is compared agrees, and the table has every row."""
    result = on_gpu.measure(key, simulated, "cuda-sim", ON_CARD[key], rounds=1, at_least=0)
    assert result["disagree"] == [] and result["rows"][0]["kind"] == "minnet"
    facts = machine.describe() | {"card": "none", "driver": "0"}
    text = on_gpu.markdown([result], facts)
    assert text.count(f"| {key} ") == len(result["rows"]) and facts["date"][:10] in text
    json.dumps(result)


def test_the_gpu_step_is_the_cpu_step(simulated):
    from minnet.benchmark import gpu_minnet

    ours, *copies = gpu_minnet.step(simulated, STEP)
    for _ in range(2):
        ours.reset()
        ours.run()
        np.testing.assert_allclose(ours.result(), by_minnet.step(STEP).run(), **STEP_CLOSE)
    assert ours.bytes == 20 * STEP.n and {c.bytes for c in copies} == {8 * STEP.n}
    for contender in copies:
        contender.run()


def test_the_gpu_sweep_is_the_cpu_sweep(simulated):
    from minnet.benchmark import gpu_minnet

    job = ON_CARD["G3"]
    (ours,) = gpu_minnet.sweep(simulated, job, "cuda-sim")
    ours.run()
    np.testing.assert_allclose(ours.result(), by_minnet.sweep(job).run()[0], rtol=1e-5, atol=1e-6)
    assert len(ours.inside) == 1


def test_the_gpu_products_are_those_of_a_step(simulated):
    """Each of the eight, by minnet's kernels, by NumPy from what lies in the same room."""
    from minnet.benchmark import gpu_minnet
    from minnet.gpu.wide import WideRace

    job = ON_CARD["G4"]
    plan = mn.Plan(job.cases, job.batch, job.epochs)
    state = WideRace(simulated, job.net, job.data, [mn.SGD(0.1)], plan, job.start(), 1)
    state.compile()
    rng = np.random.default_rng(0)
    x, last = rng.normal(size=(4, 7)), rng.normal(size=(4, 4))
    room = np.zeros(state.room.size, np.float32)
    room[state.room.deltas :][4 * 11 : 4 * 15] = last.ravel()
    state.rows.copy_to_device(x.astype(np.float32).ravel())
    state.bench.copy_to_device(room)
    with simulated.in_use():
        gpu_minnet.multiply(state, 4)
    w = [weights for weights, _ in job.net.named(job.start())]
    hidden = [np.maximum(x @ w[0], 0)]
    hidden.append(np.maximum(hidden[0] @ w[1], 0))
    deltas = [last @ w[2].T * (hidden[1] > 0), last]
    deltas.insert(0, deltas[0] @ w[1].T * (hidden[0] > 0))
    expected = [y.T @ delta for y, delta in zip([x, *hidden], deltas, strict=True)]
    for found, (matrix, _) in zip(expected, job.net.named(state.g.copy_to_host()), strict=True):
        np.testing.assert_allclose(matrix, found, rtol=1e-4, atol=1e-5)


def test_gpu_products_and_their_yardstick_count_the_same(simulated):
    from minnet.benchmark import gpu_minnet, gpu_peers

    job, made, done = ON_CARD["G4"], [], []
    assert gpu_minnet.operations(job) == 2 * 4 * (3 * (42 + 30 + 20) - 42)
    step, products = gpu_minnet.train(simulated, job)
    assert step.units == products.units == 2 and step.operations == products.operations
    for contender in (step, products):
        contender.run()

    def room(*shape):
        made.append(np.random.default_rng(len(made)).standard_normal(shape))
        return made[-1]

    def multiply(a, b, out):
        done.append(a.shape[0] * a.shape[1] * b.shape[1])
        np.matmul(a, b, out=out)

    gpu_peers.products("NumPy", job, room, multiply, lambda: None).run()
    assert 2 * sum(done) == job.steps * gpu_minnet.operations(job)


def test_gpu_rows_say_their_speed():
    rows = [
        {"name": "minnet", "kind": "minnet", "median": 2e-3, "bytes": 20e6, "operations": 0},
        {"name": "copy", "kind": "yardstick", "median": 1e-3, "bytes": 16e6, "operations": 0},
        {"name": "slow copy", "kind": "yardstick", "median": 1e-2, "bytes": 16e6, "operations": 0},
    ]
    assert on_gpu.speed(rows[0], rows) == "10.0 GB/s, 62% of the yardstick"
    assert on_gpu.speed(rows[1], rows) == "16.0 GB/s"
    products = {"kind": "aside", "median": 1.0, "bytes": 0, "operations": 3e12}
    assert on_gpu.speed(products, [products]) == "3.00 TFLOP/s"
    assert on_gpu.speed(products | {"operations": 0}, []) == ""


def test_gpu_results_that_disagree_are_named(simulated, monkeypatch):
    from minnet.benchmark import gpu_minnet, gpu_peers

    def wrong(number, job):
        return [gpu_minnet.OnCard("wrong", lambda: None, result=lambda: np.zeros(1))]

    monkeypatch.setattr(gpu_peers, "step", wrong)
    result = on_gpu.measure("G1", simulated, "cuda-sim", jobs.StepJob(1, 1), 1, 0)
    assert result["disagree"][0].startswith("wrong DISAGREES") and not result["missing"]


@pytest.mark.parametrize("how", ["default", "foreach"])
def test_pytorchs_step_is_the_same_job(how):
    pytest.importorskip("numba_cuda")
    torch = pytest.importorskip("torch")
    from minnet.benchmark import gpu_peers

    contender = gpu_peers.rmsprop(torch, torch.device("cpu"), STEP, how)
    contender.reset()
    contender.run()
    np.testing.assert_allclose(contender.result(), by_minnet.step(STEP).run(), **STEP_CLOSE)


def test_the_benchmark_refuses_the_simulator(capsys):
    assert __main__.main(["--device", "cuda-sim"]) == 2
    assert capsys.readouterr().err == (
        "minnet.benchmark: device cuda-sim: timings of the CUDA simulator mean nothing; "
        "use --device cuda\n"
    )


def test_without_a_card_the_benchmark_says_so(capsys, monkeypatch):
    from minnet import gpu

    def none(text):
        raise ValueError(f"device {text}: no usable NVIDIA driver")

    monkeypatch.setattr(gpu, "named", none)
    assert __main__.main(["--device", "cuda", "--quick"]) == 2
    assert capsys.readouterr().err == "minnet.benchmark: device cuda: no usable NVIDIA driver\n"


def test_gpu_jobs_are_those_that_are_named():
    nets = {key: on_gpu.WORKLOADS[key].job(False) for key in on_gpu.WORKLOADS}
    assert (nets["G1"].n, nets["G2"].n) == (10_000_000, 40_000_000)
    assert (nets["G3"].rates, nets["G3"].net_job.sizes, nets["G3"].net_job.epochs) == (
        10_000, (64, 32, 10), 5,
    )  # fmt: skip
    assert nets["G4"].sizes == (784, 1024, 1024, 10) and nets["G4"].batch == 256
    assert nets["G4"].cases % 256 == 0
    with pytest.raises(ValueError, match="one of G1, G2, G3, G4, got 'W1'"):
        on_gpu.workload_names("G1,W1")
