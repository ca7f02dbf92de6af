"""A race: many optimizers, one start, one plan of mini-batches.

- `racing`: `race` and `train`, the ways in
- `arguments`: how what enters a race is checked
- `state`: what a race is: weights, slots, losses of every run
- `loop`: how it goes forward, and what surrounds it
- `stopping`: criteria for stopping early
- `checkpoint`: how it is saved, and goes on
"""
