"""The output folder of a site: replaced as a whole, and never over files of others."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MANIFEST = "minnet-site.json"  # names every file of a site, so that a later build knows its own


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A new folder to write a site to, which takes the place of `folder` when the `with` ends well.

    Parameters
    ----------
    folder : Path
        New, empty, or holding nothing but an earlier site.

    Raises
    ------
    ValueError
        If `folder` is a file, holds files that no earlier site put there, or cannot be written.
    """
    target = folder.resolve()
    check_free(target, folder)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        workshop = tempfile.TemporaryDirectory(dir=target.parent, prefix=".minnet-site-")
    except OSError as error:
        raise ValueError(
            f"cannot write to {target.parent} ({error.strerror}); name another folder with --html"
        ) from None
    with workshop as beside:
        site, earlier = Path(beside, "site"), Path(beside, "earlier")
        site.mkdir()
        yield site
        names = sorted(path.relative_to(site).as_posix() for path in files_in(site))
        (site / MANIFEST).write_text(json.dumps({"files": names}, indent=1), encoding="utf-8")
        check_free(target, folder)  # something may have come while the site was made
        if target.exists():
            os.replace(target, earlier)
        try:
            os.replace(site, target)
        except BaseException:
            if earlier.exists():
                os.replace(earlier, target)
            raise


def check_free(target: Path, named: Path) -> None:
    """Raise a ValueError if anything stands at `target` that is not an earlier site, or empty.

    Parameters
    ----------
    target : Path
        The folder, resolved.
    named : Path
        The folder as the user wrote it, for the message.
    """
    if not target.exists():
        return
    if not target.is_dir():
        raise ValueError(f"--html {named} is a file; name a new folder")
    present = {path.relative_to(target).as_posix() for path in files_in(target)}
    foreign = sorted(present - own_files(target))
    if foreign:
        names = ", ".join(foreign[:3]) + (", ..." if len(foreign) > 3 else "")
        raise ValueError(
            f"--html {named} holds files that are not of an earlier site ({names}); "
            "name a new folder, or move them away"
        )


def own_files(target: Path) -> set[str]:
    """The files that an earlier build put there, as its manifest names them.

    Parameters
    ----------
    target : Path
        The folder.
    """
    try:
        names = json.loads((target / MANIFEST).read_text(encoding="utf-8"))["files"]
        return {MANIFEST, *names}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def files_in(folder: Path) -> list[Path]:
    """Everything below a folder that is not a plain folder itself.

    Parameters
    ----------
    folder : Path
    """
    return [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
