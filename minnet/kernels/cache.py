"""The disk cache of compiled kernels: never stale, never in the way.

Numba's own cache watches only the file of the function it stores, so an edit in an imported file
would be answered with the old machine code, and its index can be damaged by two processes that
compile at once.  Here every compiled kernel is one file, named after all that it depends on and
written atomically, in a folder that is named after a digest of every kernel source.
"""

import hashlib
import logging
import os
import pickle
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
import platformdirs
from numba.core.typing import Signature

try:  # Numba does not promise to keep these names: without them no kernel is kept on disk
    from numba.core.caching import _Cache
    from numba.core.compiler import CompileResult
    from numba.core.serialize import dumps
except ImportError:
    _Cache = None

PACKAGE = Path(__file__).parents[1]
# Folders and files that nothing that is compiled imports.
PRESENTATION = (
    "archive.py", "benchmark", "cli", "data", "gpu", "lecture", "methods", "naive.py", "racing",
    "ownrules.py", "report", "stepwise", "versions.py",
)  # fmt: skip
NO_FOLDER = (OSError, RuntimeError)  # RuntimeError: pathlib finds no home
OTHER_NUMBA = (AttributeError, TypeError)  # a private part of Numba that is not as it was
MOST_FOLDERS = 8  # caches of other versions of the sources that are left in place

log = logging.getLogger("minnet")
compiled: list[str] = []  # names of the kernels that this process had to compile, in order


class KernelCache(_Cache or object):  # type: ignore[misc]
    """One file a kernel and signature: the SHA-256 of the content, then the content.

    A file that is damaged, or cannot be read, is compiled anew; a folder that cannot be written
    costs the cache, never the result.
    """

    def __init__(self, function: Callable, name: str):
        self._function, self._name = function, name

    @property
    def cache_path(self) -> str:
        return str(cache_folder())

    def _file(self, signature: Signature, codegen: Any) -> Path:
        code = self._function.__code__
        text = (code.co_code, code.co_consts, code.co_names)
        key = repr((self._name, str(signature), codegen.magic_tuple(), text))
        return cache_folder() / f"{self._name}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"

    def load_overload(self, signature: Signature, target_context: Any) -> Any:
        target_context.refresh()
        try:
            content = self._file(signature, target_context.codegen()).read_bytes()
            if hashlib.sha256(content[32:]).digest() == content[:32]:
                return CompileResult._rebuild(target_context, *pickle.loads(content[32:]))
        except (*NO_FOLDER, *OTHER_NUMBA):
            pass
        if not compiled:
            log.info("compiling the kernels, once (a few seconds; %s)", whereabouts())
        compiled.append(self._name)
        return None

    def save_overload(self, signature: Signature, result: Any) -> None:
        try:
            content = dumps(result._reduce())
            path = self._file(signature, result.codegen)
            write_atomically(path, hashlib.sha256(content).digest() + content)
        except (*NO_FOLDER, *OTHER_NUMBA) as error:
            log.debug("kernel not cached: %s", error)

    def enable(self) -> None: ...

    def disable(self) -> None: ...

    def flush(self) -> None: ...


def write_atomically(path: Path, content: bytes) -> None:
    """Write a cache file so that no other process ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError:
        os.unlink(temporary)
        raise


def is_possible() -> bool:
    """Whether this Numba has the private parts that a disk cache needs."""
    return _Cache is not None


def whereabouts() -> str:
    """Where the compiled kernels are kept, in words."""
    if not is_possible():
        return f"not kept: Numba {numba.__version__} lacks what minnet's disk cache is built on"
    try:
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return f"kept in {folder}"
    except NO_FOLDER:
        return "not kept: there is no cache folder that can be written; set NUMBA_CACHE_DIR"


def cache_root() -> Path:
    """The folder of all of minnet's kernel caches: `NUMBA_CACHE_DIR` if set, else the user's."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    return Path(chosen) / "minnet" if chosen else platformdirs.user_cache_path("minnet") / "kernels"


@cache
def cache_folder() -> Path:
    """The cache folder of these sources, this Python and these libraries."""
    folder = cache_root() / source_digest()
    if not folder.exists():
        _drop_old_caches(folder.parent)
    return folder


def source_digest() -> str:
    """Digest of every source file that a kernel can read, and of the versions that compile it.

    Left out are the files named in `PRESENTATION`, which nothing that is compiled imports.
    """
    versions = (sys.version_info[:2], numba.__version__, llvmlite.__version__, np.__version__)
    digest = hashlib.sha256(repr(versions).encode())
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name.split("/")[0] not in PRESENTATION:
            digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _drop_old_caches(root: Path) -> None:
    try:
        folders = sorted(root.iterdir(), key=lambda f: f.stat().st_mtime, reverse=True)
    except OSError:
        return
    for folder in folders[MOST_FOLDERS - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)
