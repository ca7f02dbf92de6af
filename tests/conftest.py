"""How the tests run: the same examples every time, fewer of them where Numba is switched off.

Where no NVIDIA driver is found, CUDA is simulated.
"""

import gc
import os
import re
import signal
from importlib.util import find_spec
from pathlib import Path

import numba
import pytest
from hypothesis import HealthCheck, settings

from minnet.cli.doctor import find_driver

INTERPRETED = bool(numba.config.DISABLE_JIT)

# What the modules beside the tests assert is shown with its values too.
BESIDE = [path.stem for path in Path(__file__).parent.rglob("*.py") if path.stem[:5] != "test_"]
pytest.register_assert_rewrite(*BESIDE)

# No deadlines and no complaints of slowness: the first example of a rule may compile it, and the
# machine may be busy.
settings.register_profile(
    "minnet",
    deadline=None,
    derandomize=True,
    max_examples=12 if INTERPRETED else 60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("minnet")


class Collecting:
    """A plugin, because a conftest may leave out only what lies beside it."""

    @staticmethod
    def pytest_ignore_collect(collection_path):
        """Leave out a program for a process of its own, and GPU kernels without numba-cuda."""
        folder, name = collection_path.parent, collection_path.name
        is_kernels = (folder.match("minnet/gpu") and name != "__init__.py") or (
            folder.match("minnet/benchmark") and name.startswith("gpu_")
        )
        if name == "gpu_dry.py" or (is_kernels and not find_spec("numba_cuda")):
            return True
        return None


def pytest_configure(config):
    """NumPy's scalars warn of NaN and overflow; machine code, and so the package, does not."""
    config.pluginmanager.register(Collecting())
    if not find_driver():  # numba.cuda, which reads both, is not yet imported
        os.environ.setdefault("NUMBA_ENABLE_CUDASIM", "1")
        numba.config.ENABLE_CUDASIM = int(os.environ["NUMBA_ENABLE_CUDASIM"])
    if INTERPRETED:
        config.addinivalue_line("filterwarnings", "ignore::RuntimeWarning")


@pytest.fixture(autouse=True, scope="module")
def spared():
    """The collector need not look again through what the files before have left in memory."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """With `-n 2`, hand out whole files, so that what a file sets up is set up once.

    The tests of one part of the lecture share its showing, whichever files they are in.
    """
    from xdist.scheduler.loadscope import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            part = re.search(r"/test_(?:lecture|parts\.py::\w+\[)(6[a-e])", nodeid)
            return part[1] if part else nodeid.partition("::")[0]

    config.option.loadscopereorder = False
    return ByFile(config, log)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# A job in the background may be started with Ctrl-C ignored; tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
