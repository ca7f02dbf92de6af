"""A program: lock a folder again and again, each time in a process that may be killed meanwhile.

    python owners.py FOLDER LOG ROUNDS

The log, which many such programs share, gets a line "+PROCESS" once the lock is there, "-PROCESS"
before it is given up, by death or not, and "?" where it was refused.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

import filelock  # noqa: F401  in_use imports it: once here, not in every child

from minnet.cli.folders import in_use


def own(folder: Path, log: int, dies: bool) -> None:
    try:
        with in_use(folder):
            os.write(log, b"+%d\n" % os.getpid())
            time.sleep(0.001)
            os.write(log, b"-%d\n" % os.getpid())
            if dies:
                os.kill(os.getpid(), signal.SIGKILL)
    except ValueError:
        os.write(log, b"?\n")


def main(folder: str, log: str, rounds: str) -> None:
    lines = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for _ in range(int(rounds)):
        dies = random.random() < 0.3
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            continue
        try:
            own(Path(folder), lines, dies)
        finally:
            os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
