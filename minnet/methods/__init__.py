"""Methods that need more than one gradient a step: line searches, or curvatures.

- `fullbatch`: L-BFGS and conjugate gradients, by SciPy
- `vsgd`: SGD that measures its own learning rates ("No more pesky learning rates")
"""
