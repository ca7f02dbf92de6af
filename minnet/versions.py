"""Versions of Python and of the libraries that compute, for reports and checkpoints."""

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = ("minnet", "numpy", "numba", "scipy")


@cache
def installed(name: str) -> str:
    """The version of an installed package, or ""."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that compute."""
    found = {name: installed(name) or "not installed" for name in LIBRARIES}
    return {"python": platform.python_version(), **found}
