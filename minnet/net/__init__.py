"""The net: its layout, forward and backward pass, and what checks, measures and stores them.

- `mlp`: the class `MLP`: sizes, units, loss
- `initial`: start weights
- `units`: logistic, tanh, ReLU and their slopes
- `backprop`: forward pass, errors, backward pass
- `gradcheck`: backprop against finite differences
- `curvature`: the diagonal of the Gauss-Newton matrix
- `notebook`: how a net shows itself in a notebook
- `weights`: weights on disk and in other libraries' layouts
"""
