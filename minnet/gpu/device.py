"""Which device a race runs on: found, named and, where it is missing, told what is missing."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from ..install import advice
from ..racing.state import DeviceLost

CPU, CUDA, SIMULATOR = "cpu", "cuda", "cuda-sim"
SWITCH = "NUMBA_ENABLE_CUDASIM"
BLOCKS_A_PROCESSOR = 8  # of 256 threads: as many as a multiprocessor can hold


@dataclass(frozen=True)
class Device:
    """A device that was found to work: `kind` is "cuda" or "cuda-sim", `number` counts cards."""

    kind: str
    number: int
    name: str
    threads: int  # of a block that trains one net
    blocks: int  # that are worth launching at a time
    shared_bytes: int  # memory that the threads of one block share

    @property
    def is_simulated(self) -> bool:
        return self.kind == SIMULATOR

    def free_bytes(self) -> int:
        """Memory that arrays may still take."""
        if self.is_simulated:
            return 1 << 30
        from numba import cuda

        return cuda.current_context().get_memory_info().free

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Make this the current card, and let it stay so; what goes wrong on it is a DeviceLost."""
        try:
            if self.is_simulated:
                from .simulation import simulating

                with simulating():
                    yield
            else:
                make_current(self.number)
                yield
        except Exception as error:
            if not is_cudas(error):
                raise
            raise DeviceLost(f"{self.name}: {told(error)}") from error


def make_current(number: int) -> None:
    """Make card `number` this thread's; arrays can be freed only while their card is current."""
    from numba import cuda
    from numba.cuda.cudadrv.driver import driver

    with driver.get_active_context() as active:
        if active.devnum == number:
            return
    cuda.select_device(number)


def is_cudas(error: Exception) -> bool:
    """Whether an error comes from the driver, the linker or the compiler of CUDA."""
    return type(error).__module__.startswith(("cuda.", "numba.cuda.cudadrv"))


def told(error: Exception) -> str:
    """An error's message in one line."""
    return " ".join(str(error).split()).rstrip(": ") or type(error).__name__


def named(text: str) -> Device | None:
    """The device "cuda", "cuda:1" or "cuda-sim"; None for "cpu".

    Raises
    ------
    ValueError
        If the text is no device; or if package, driver or card are missing, in one line that says
        which.
    """
    match = re.fullmatch(r"(cpu|cuda-sim|cuda)(?::(\d+))?", text)
    if match is None or (match[2] and match[1] != CUDA):
        raise ValueError(
            f"device must be cpu, cuda, cuda:1 (the second card) or cuda-sim, got {text!r}"
        )
    if match[1] == CPU:
        return None
    return simulator() if match[1] == SIMULATOR else card(int(match[2] or 0))


@cache
def simulator() -> Device:
    """Turn the simulator on; possible only before numba.cuda is imported."""
    if "numba.cuda" in sys.modules and not is_simulator(sys.modules["numba.cuda"]):
        raise ValueError(
            "device cuda-sim: numba.cuda is imported already, without its simulator; "
            f"use a new process, or set {SWITCH}=1 before it starts"
        )
    from numba.core import config

    os.environ[SWITCH] = "1"
    config.ENABLE_CUDASIM = 1  # read from the environment when numba was imported
    target(SIMULATOR)
    return Device(SIMULATOR, 0, "the CUDA simulator", threads=2, blocks=2, shared_bytes=48 << 10)


@cache
def card(number: int) -> Device:
    """NVIDIA card `number`, checked: package, driver, toolkit, card."""
    cuda = target(CUDA)
    from numba.core import config

    if is_simulator(cuda):
        raise ValueError(
            "device cuda: the CUDA simulator is on in this process; "
            f"use a new one, without {SWITCH}, for a real card"
        )
    if config.DISABLE_JIT:
        raise ValueError("device cuda: NUMBA_DISABLE_JIT is set, and a card runs no plain Python")
    if not cuda.is_available():
        raise ValueError(f"device cuda: {missing(cuda)}; --device cuda-sim runs without a card")
    cards = len(cuda.gpus)
    if number >= cards:
        raise ValueError(f"device cuda:{number}: there is no such card, only {cards} (from cuda:0)")
    config.CUDA_LOW_OCCUPANCY_WARNINGS = 0  # a race of few nets is a small grid, on purpose
    check_versions(cuda, number)
    found = cuda.gpus[number]
    name = found.name.decode() if isinstance(found.name, bytes) else found.name
    blocks = BLOCKS_A_PROCESSOR * found.MULTIPROCESSOR_COUNT
    return Device(CUDA, number, name, 256, blocks, found.MAX_SHARED_MEMORY_PER_BLOCK)


def target(kind: str):
    """The module numba.cuda of the package numba-cuda."""
    try:
        import numba_cuda  # noqa: F401
        from numba import cuda
    except ImportError:
        raise ValueError(
            f"device {kind}: the package numba-cuda is missing: {advice(CUDA)}"
        ) from None
    return cuda


def is_simulator(cuda) -> bool:
    """Whether this numba.cuda is the simulator."""
    return cuda.jit.__module__.startswith("numba.cuda.simulator")


def missing(cuda) -> str:
    """What a package that cannot use a card lacks: the driver, or its own compiler."""
    reason = cuda.cuda_error()
    if reason is None:
        return f"the CUDA compiler (NVVM) is missing: {advice(CUDA)}"
    return f"no usable NVIDIA driver ({told(reason)})"


def check_versions(cuda, number: int) -> None:
    """Compile a nothing for this card: a toolkit that is newer than the driver fails here."""
    toolkit = toolkit_of(cuda)
    try:
        make_current(number)
        cuda.jit("void()")(lambda: None)
    except Exception as error:
        if not is_cudas(error):
            raise
        driver = ".".join(map(str, cuda.cudadrv.driver.driver.get_version()))
        raise ValueError(
            f"device cuda:{number}: the driver is for CUDA {driver}, the installed toolkit is "
            f"{toolkit}, and they do not work together: update the driver, or install a toolkit "
            f"that is not newer ({told(error)})"
        ) from None


def toolkit_of(cuda) -> str:
    """The version of the installed toolkit."""
    try:
        return ".".join(map(str, cuda.runtime.get_version()))
    except Exception as error:
        if not is_cudas(error):
            raise
        raise ValueError(f"device cuda: the CUDA toolkit is not whole: {advice(CUDA)}") from None
