"""A window is a matrix cut out of a flat vector: the same numbers, no copy.

In NumPy it is a slice and a reshape.  Compiled, those two take longer than a small layer's bias, so
the window is put together by hand from pointer, shape and strides.
"""

import numba
from numba import types
from numba.core import cgutils
from numba.core.imputils import impl_ret_borrowed
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

from .jit import kernel


@intrinsic
def _window(context, flat, first, rows, columns):
    matrix = types.Array(flat.dtype, 2, "C")

    def codegen(context, builder, signature, arguments):
        vector = make_array(signature.args[0])(context, builder, arguments[0])
        _, first, rows, columns = arguments
        view = make_array(matrix)(context, builder)
        populate_array(
            view,
            data=builder.gep(vector.data, [first]),
            shape=cgutils.pack_array(builder, [rows, columns]),
            strides=cgutils.pack_array(
                builder, [builder.mul(columns, vector.itemsize), vector.itemsize]
            ),
            itemsize=vector.itemsize,
            meminfo=vector.meminfo,
            parent=None,
        )
        return impl_ret_borrowed(context, builder, matrix, view._getvalue())

    return matrix(flat, types.intp, types.intp, types.intp), codegen


if numba.config.DISABLE_JIT:

    def window(flat, first, rows, columns):
        """`rows` x `columns` numbers of a flat vector, from `first` on, as a matrix (a view)."""
        return flat[first : first + rows * columns].reshape(rows, columns)

else:

    @kernel
    def window(flat, first, rows, columns):
        """`rows` x `columns` numbers of a flat vector, from `first` on, as a matrix (a view)."""
        return _window(flat, first, rows, columns)
