"""How fast is minnet beside its peers?  The same job for everybody, in turns, in one run.

    python -m minnet.benchmark --list
    python -m minnet.benchmark --workloads W1,W5 --repeats 9 --json times.json

It runs from a clone of the repository: the wheel does not hold it.

A workload builds a job; every library that is installed contributes contenders, which do that job;
they take turns, so that a noisy minute is shared; and all must reach the same final loss.
"""
