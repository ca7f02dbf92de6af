"""One descent: which mini-batches, step by step.

- `plan`: which cases form which mini-batch
- `walk`: the descent as a plain Python loop, and the same loop compiled
"""
