"""The lectures, each shown once a test run: few seeds, figures in a temporary folder."""

import gc

import matplotlib
import numba
import pytest

from minnet.lecture import session
from minnet.lecture.parts import PARTS

matplotlib.use("Agg")


@pytest.hookimpl(tryfirst=True)  # before -m "not slow" chooses
def pytest_collection_modifyitems(items):
    """What needs a part to be shown is slow."""
    for item in items:
        if "shown" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def shown(tmp_path_factory):
    """`shown("6c")`: the names that the part's scripts defined, and the session with all it found.

    Interpreted kernels would take minutes, and are tested elsewhere.
    """
    if numba.config.DISABLE_JIT:
        pytest.skip("NUMBA_DISABLE_JIT: a lecture would take minutes")
    kept = {}

    def show(part):
        if part not in kept:
            folder = tmp_path_factory.mktemp(f"lecture{part}")
            with session.opened(folder=folder, quick=True, echo=False) as showing:
                names = {}
                for script in PARTS[part].scripts:
                    names |= script.show()
            kept[part] = names, showing
            gc.freeze()  # its figures are kept: the collector need not look through them
        return kept[part]

    return show
