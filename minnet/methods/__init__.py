"""Methods that need more than a gradient a step.

- `fullbatch`: L-BFGS and conjugate gradients, by SciPy
- `vsgd`: "No more pesky learning rates"
"""
