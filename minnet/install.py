"""The command that installs minnet or one of its extras: what every message advises.

The import name is `minnet`; on the package index that name is another project's, and ours is
`minnet-lecture6`.
"""

import tomllib
from pathlib import Path

DISTRIBUTION = "minnet-lecture6"
FOLDER = Path(__file__).parents[1]  # of a clone, or where packages are installed


def advice(extra: str = "") -> str:
    """The command that installs an extra, from the clone that is running or from the index.

    Parameters
    ----------
    extra : str, default ""
        An extra of pyproject.toml, such as "web"; "": minnet with what it always needs.

    Returns
    -------
    str
        A command for every shell: `pip install -e ".[web]"` in the clone's own folder, that
        folder's name instead of the dot in any other; `pip install "minnet-lecture6[web]"` where
        minnet does not run from a clone.

    Examples
    --------
    >>> advice("web").startswith("pip install ") and advice("web").endswith('[web]"')
    True
    """
    name = f"[{extra}]" if extra else ""
    if not is_clone(FOLDER):
        return f'pip install "{DISTRIBUTION}{name}"'
    return f'pip install -e "{"." if Path.cwd() == FOLDER else FOLDER}{name}"'


def is_clone(folder: Path) -> bool:
    """Whether a folder holds this project's pyproject.toml."""
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    except (OSError, ValueError, KeyError):
        return False
    return project.get("name") == DISTRIBUTION
