"""A window: a matrix cut out of a flat vector, the same numbers without a copy.

In NumPy it is a slice and a reshape.  Compiled, those two take longer than a small layer's bias, so
the window is put together by hand from pointer, shape and strides, where Numba still has the parts.
"""

import numba
from numba import types
from numba.extending import intrinsic

from .jit import kernel

try:  # Numba does not promise to keep these names
    from numba.core.cgutils import pack_array
    from numba.core.imputils import impl_ret_borrowed
    from numba.np.arrayobj import make_array, populate_array
except ImportError:
    make_array = None


@intrinsic
def _window(context, flat, first, rows, columns):
    matrix = types.Array(flat.dtype, 2, "C")

    def codegen(context, builder, signature, arguments):
        vector = make_array(signature.args[0])(context, builder, arguments[0])
        _, first, rows, columns = arguments
        stride = builder.mul(columns, vector.itemsize)
        view = make_array(matrix)(context, builder)
        populate_array(
            view, data=builder.gep(vector.data, [first]),
            shape=pack_array(builder, [rows, columns]),
            strides=pack_array(builder, [stride, vector.itemsize]),
            itemsize=vector.itemsize, meminfo=vector.meminfo, parent=None,
        )  # fmt: skip
        return impl_ret_borrowed(context, builder, matrix, view._getvalue())

    return matrix(flat, types.intp, types.intp, types.intp), codegen


@kernel
def sliced(flat, first, rows, columns):
    """`rows` x `columns` numbers of a flat vector, from `first` on, as a matrix (a view)."""
    return flat[first : first + rows * columns].reshape(rows, columns)


@kernel
def put_together(flat, first, rows, columns):
    """The same view, in fewer instructions."""
    return _window(flat, first, rows, columns)


window = sliced if make_array is None or numba.config.DISABLE_JIT else put_together
