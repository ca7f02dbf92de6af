"""How kernels are compiled and kept on disk, and the arithmetic that they share.

- `jit`: the decorator `kernel`, kernels as arguments, kernels from a text
- `cache`: their disk cache
- `windows`: matrices cut out of a flat vector
- `elementary`: exp, tanh and their kin, in a form that vectorises
"""
