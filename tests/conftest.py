"""How the tests run: the same examples every time, fewer of them where Numba is switched off."""

import signal

import numba
from hypothesis import settings

INTERPRETED = bool(numba.config.DISABLE_JIT)

# The first example of a rule may compile it, so there is no deadline.
settings.register_profile(
    "minnet", deadline=None, derandomize=True, max_examples=12 if INTERPRETED else 60
)
settings.load_profile("minnet")


def pytest_configure(config):
    """NumPy's scalars warn of NaN and overflow; machine code, and so the package, does not."""
    if INTERPRETED:
        config.addinivalue_line("filterwarnings", "ignore::RuntimeWarning")


# A job in the background may be started with Ctrl-C ignored; tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
