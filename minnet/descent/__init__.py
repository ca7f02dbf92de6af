"""One descent: which mini-batches, step by step, and when to stop.

- `plan`: which cases form which mini-batch
- `walk`: the descent as a plain Python loop, and the same loop compiled
- `stopping`: criteria for stopping early
"""
