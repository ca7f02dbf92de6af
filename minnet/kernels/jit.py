"""How functions become kernels: one decorator, kernels as arguments, and kernels from a text."""

import linecache
from collections.abc import Callable
from typing import Any

import numba
from numba import types
from numba.core.typing import Signature

from .cache import KernelCache, is_possible

# nogil: runs train in plain Python threads.  error_model: x/0 is inf, as in NumPy, and loops
# vectorise.  No fastmath: it would change what NaN and Inf mean, and divergence is a result here.
FLAGS = {"nogil": True, "error_model": "numpy"}


def kernel(function: Callable, *, name: str | None = None) -> Any:
    """Compile `function` at its first call, or load it from the disk cache.

    Cached are minnet's own functions, whose sources name the cache folder; a user's function and a
    closure can depend on anything.  `name` tells generated functions apart that share one text.
    """
    dispatcher = numba.njit(function, **FLAGS)
    cached = is_ours(function) and function.__closure__ is None and is_possible()
    if cached and not numba.config.DISABLE_JIT:
        name = name or f"{function.__module__}.{function.__name__}"
        dispatcher._cache = KernelCache(function, name)
    return dispatcher


def is_ours(function: Callable) -> bool:
    """Whether a function is part of minnet; a user's own may mean and depend on anything."""
    return function.__module__.startswith("minnet.")


def from_text(text: str, label: str, **scope: Any) -> Callable:
    """The function that a generated text defines, with the names of `scope` as its globals.

    It is plain Python.  A debugger steps through its text, in which it bears the name <label>.
    """
    file = f"<{label}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(compile(text, file, "exec"), scope)
    return scope[text.partition("(")[0].removeprefix("def ")]


class FirstClass(types.WrapperAddressProtocol):
    """A compiled function that kernels take as an argument: they call it through its address.

    What is called so is not compiled again into its caller, and a caller serves many of them.
    """

    def __init__(self, dispatcher: Any, signature: Signature):
        dispatcher.compile(signature)
        self._dispatcher, self._signature = dispatcher, signature
        try:
            result = dispatcher.get_compile_result(signature)
            name = result.fndesc.llvm_cfunc_wrapper_name
            self._address = result.library.get_pointer_to_function(name)
        except AttributeError:  # another Numba's inner parts: compile it again, as a callback
            self._callback = numba.cfunc(signature, **FLAGS)(dispatcher.py_func)
            self._address = self._callback.address

    def __call__(self, *arguments: Any) -> Any:
        return self._dispatcher(*arguments)

    def __wrapper_address__(self) -> int:
        return self._address

    def signature(self) -> Signature:
        return self._signature


def first_class(dispatcher: Any, signature: Signature) -> Callable:
    """`dispatcher`, compiled for one signature, as an argument for kernels."""
    return dispatcher if numba.config.DISABLE_JIT else FirstClass(dispatcher, signature)


def entry(dispatcher: Any, *arguments: types.Type) -> Callable:
    """The machine code of a kernel for these argument types, called without asking for types.

    Numba takes some 7 us to find out the type of each first-class function at every call.  The
    caller answers for the types of its arrays: what is passed is hardly checked.
    """
    if numba.config.DISABLE_JIT:
        return dispatcher
    dispatcher.compile(arguments)
    try:
        return dispatcher.overloads[arguments].entry_point
    except AttributeError:  # another Numba's inner parts: let it ask for the types
        return dispatcher
