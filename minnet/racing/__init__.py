"""A race: many optimizers, one start, one plan of mini-batches.

- `racing`: `race` and `train`, the ways in
- `arguments`: how what enters a race is checked
- `state`: what a race is: weights, slots, losses of every run
- `loop`: how it goes forward, mini-batch by mini-batch
- `pauses`: what is done between the mini-batches, and when
- `stopping`: criteria for stopping early
- `interrupt`, `progress`, `blas`: Ctrl-C, the progress bar, the threads of BLAS
- `reporting`: the report on it
- `devices`: where it runs: on the CPU or on a GPU
- `checkpoint`: how it is saved, and goes on
"""
