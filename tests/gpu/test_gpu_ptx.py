"""What the kernels become, without a card: no float64, no local memory, no calls, no atomics.

Every kernel is compiled for just the types that the host passes; see gpu_dry.py.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from minnet.optimizers.catalogue import OPTIMIZERS

pytest.importorskip("numba_cuda")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(numba.config.DISABLE_JIT), reason="NUMBA_DISABLE_JIT: nothing is compiled"
    ),
]
LIMIT = 48 << 10  # bytes of shared memory that a block may have on any card
KERNELS = {
    "step", "ahead", "descend", "score", "multiply", "gather", "errors_of", "column_sums",
    "add_decay", "sum_up", "squares", "finish",
}  # fmt: skip


@pytest.fixture(scope="module")
def kernels():
    env = {k: v for k, v in os.environ.items() if k != "NUMBA_ENABLE_CUDASIM"}
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name("gpu_dry.py")],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    if found == "no toolkit":
        pytest.skip("the compilers of a CUDA toolkit are not installed")
    return found


def test_all_kernels_were_launched(kernels):
    assert {kernel["kernel"] for kernel in kernels} == KERNELS
    alone = {kernel["rule"] for kernel in kernels if kernel["kernel"] == "step"}
    assert alone == {make().rule.__name__ for make in OPTIMIZERS}
    assert {kernel["dynamic"] > 0 for kernel in kernels if kernel["kernel"] == "descend"} == {
        True,
        False,
    }


@pytest.mark.parametrize("what", ["f64", "local", "calls", "atomics"])
def test_there_is_none(kernels, what):
    """Float64 runs at a 64th of the speed on most cards; local memory is a spill."""
    assert {kernel["kernel"]: kernel[what] for kernel in kernels if kernel[what]} == {}


def test_nothing_was_passed_as_float64(kernels):
    types = {t for kernel in kernels for t in kernel["types"]}
    assert not [t for t in types if "float64" in t] and any("float32" in t for t in types)


def test_rmsprop_moves_20_bytes_a_weight(kernels):
    """Reads w, g and the mean square, writes w and the mean square; its 3 numbers once a thread."""
    (step,) = (k for k in kernels if k["kernel"] == "step" and k["rule"] == "rmsprop")
    copies = step["stores"] // 2  # of the loop's body, as it is unrolled
    assert step["stores"] == 2 * copies and step["loads"] == 3 * copies + 3


def test_nothing_spills_and_everything_fits(kernels):
    if "spilled" not in kernels[0]:
        pytest.skip("ptxas, of a CUDA toolkit, is not installed")
    for kernel in kernels:
        assert kernel["spilled"] == 0 and kernel["stack"] == 0, kernel["kernel"]
        assert kernel["registers"] * kernel["threads"] <= 65536
        assert kernel["dynamic"] + kernel["static"] <= LIMIT


def test_the_room_set_aside_for_static_arrays_is_enough(kernels):
    from minnet.gpu import blocks

    used = [k["static"] for k in kernels if k["kernel"] == "descend" and "static" in k]
    assert all(0 < bytes_ <= 4 * blocks.STATIC for bytes_ in used)
