"""The benchmark of minnet beside its peers.  Run it from a clone; an installed minnet has none.

    python -m minnet.benchmark --list
    python -m minnet.benchmark --workloads W1,W5 --repeats 9 --json times.json

It runs from a clone of the repository: the wheel does not hold it.

A workload builds a job; every library that is installed contributes contenders, which do that job;
they take turns, so that a noisy minute is shared; and all must reach the same final loss.

    workloads  W1 to W7 and `start`: jobs by name, and how each is measured
    jobs       net, cases, mini-batches and start weights, the same for all contenders
    by_minnet, peers_*   the contenders;  yardsticks  lower bounds of the time
    turns      timing in turns;  tables  how it is shown;  machine  where it was measured
    on_gpu, gpu_*        the same on a GPU: G1 to G4;  startup  from the shell to the first result
"""
