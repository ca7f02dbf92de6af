"""A new Python process that runs some code: for what is true only once in a process."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def python(code, *words, flags=(), without=(), **env) -> subprocess.CompletedProcess:
    """Run `code` from the repository's root, and wait for its end.

    `env` is added to the environment, `without` is left out of it.
    """
    left = {name: value for name, value in os.environ.items() if name not in without}
    return subprocess.run(
        [sys.executable, *flags, "-c", code, *words],
        cwd=ROOT, env=left | env, capture_output=True, text=True, check=False,
    )  # fmt: skip


def printed(code, *words, **options) -> str:
    """What it printed; that it ended well is asserted."""
    done = python(code, *words, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout
