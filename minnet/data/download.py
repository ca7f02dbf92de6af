"""A download ends in a whole file with the right checksum, or in one line that says why not.

The bytes go to NAME.part, which a broken connection leaves behind for the next attempt to go on
from; pooch checks the finished file and only then gives it its real name.
"""

import http.client
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from ..checks import check_name
from ..install import advice
from .published import PUBLISHED, data_folder

PATIENCE = 30.0  # seconds without a byte
CHUNK = 1 << 16
Report = Callable[[int, int | None], None]  # bytes there, bytes in all


class DownloadError(OSError):
    """A download that did not end well; the message is one line."""


def fetch(name: str, progress: bool = False, mirror: str | None = None) -> Path:
    """Download a published set, or what is missing of it, to where `load` looks for it.

    Parameters
    ----------
    name : "mnist" or "fashion-mnist"
    progress : bool
        Show a bar a file.
    mirror : str, optional
        Address of a folder that holds NAME/train-images-idx3-ubyte.gz and so on, in place of the
        known ones; the environment variable MINNET_MIRROR does the same. A downloaded folder with
        `python -m http.server` in it is such a mirror.

    Returns
    -------
    folder : Path
        With the four files, in the folder MINNET_DATA or the user's cache folder.

    Raises
    ------
    ValueError
        If the name is unknown or the mirror is no web address.
    DownloadError
        If pooch is missing, no mirror can be reached, a connection breaks off, an answer is not
        the file, a checksum is wrong, or the folder cannot be written to.
    """
    check_name("data set to download", name, PUBLISHED)
    mirror = mirror or os.environ.get("MINNET_MIRROR")
    if mirror and urlsplit(mirror).scheme not in ("http", "https"):
        raise ValueError(f"a mirror must begin with http:// or https://, got {mirror!r}")
    places = (f"{mirror.rstrip('/')}/{name}/",) if mirror else PUBLISHED[name].mirrors
    folder = data_folder() / name
    with _explained(f"{folder} must be a folder that can be written to"):
        folder.mkdir(parents=True, exist_ok=True)
    for file, sha256 in PUBLISHED[name].sha256.items():
        reasons = []
        for place in places:
            try:
                with _bar(file, progress) as report:
                    _fetch_file(place + file, folder / file, sha256, report)
                break
            except DownloadError as error:
                reasons.append(str(error))
        else:
            raise DownloadError("; ".join(dict.fromkeys(reasons)))
    return folder


def _fetch_file(url: str, path: Path, sha256: str, report: Report) -> None:
    """Put the file at `path`, unless it is there with this checksum."""
    try:
        import pooch
    except ImportError:
        raise DownloadError(
            f"a download needs pooch, which is not installed: {advice('data')}"
        ) from None
    pooch.get_logger().setLevel("WARNING")
    part = path.with_name(path.name + ".part")
    resumed = part.exists()

    def download(url: str, output_file: str, _: Any) -> None:
        resume(url, part, report)
        os.replace(part, output_file)

    try:
        with _explained(f"{path.parent} must be a folder that can be written to"):
            pooch.retrieve(
                url, f"sha256:{sha256}", fname=path.name, path=path.parent, downloader=download
            )
    except ValueError:
        if resumed:  # the first half may have been of another file
            return _fetch_file(url, path, sha256, report)
        raise DownloadError(
            f"{url} must have sha256 {sha256[:12]}..., got another file; nothing was kept"
        ) from None


def resume(url: str, part: Path, report: Report = lambda done, total: None) -> None:
    """Download to the file `part`, going on from where an earlier attempt broke off.

    A server that knows no ranges sends everything again.

    Raises
    ------
    DownloadError
        If the server cannot be reached, answers with an error or a web page, or breaks off.
    """
    held = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "minnet"} | ({"Range": f"bytes={held}-"} if held else {})
    try:
        answer = urlopen(Request(url, headers=headers), timeout=PATIENCE)
    except HTTPError as error:
        error.close()
        if error.code != 416 or not held:
            raise DownloadError(f"{url} was answered {error.code} {error.reason}") from None
        if error.headers.get("Content-Range", "").endswith(f"/{held}"):
            return  # all of it is there
        start = None
    except (OSError, http.client.HTTPException) as error:
        why = _why(error.reason if isinstance(error, URLError) else error)
        raise DownloadError(f"{urlsplit(url).netloc} cannot be reached ({why})") from None
    else:
        with answer:
            start, total = _extent(answer, held)
            if start is not None:
                _receive(answer, part, start, total, report, url)
    if start is None:
        part.unlink()
        resume(url, part, report)


def _extent(answer: Any, held: int) -> tuple[int | None, int | None]:
    """First byte of the answer and length of the whole file; None for an answer beside the point"""
    length = answer.headers.get("Content-Length", "")
    if answer.status != 206:
        return 0, int(length) if length.isdigit() else None
    span = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("Content-Range", ""))
    if span is None or int(span[1]) != held:
        return None, None
    return held, None if span[2] == "*" else int(span[2])


def _receive(
    answer: Any, part: Path, start: int, total: int | None, report: Report, url: str
) -> None:
    """Write the answer's bytes from `start` on."""
    done = start

    def chunk() -> bytes:
        why = ""
        try:
            if (read := answer.read(CHUNK)) or total is None or done >= total:
                return read
        except (OSError, http.client.HTTPException) as error:
            why = f" ({_why(error)})"
        of = "" if total is None else f" of {total}"
        raise DownloadError(
            f"{url} broke off after {done}{of} bytes{why}; try again to go on from there"
        )

    bytes_ = chunk()
    if answer.headers.get_content_type() == "text/html" or bytes_.lstrip()[:1] == b"<":
        raise DownloadError(
            f"{url} was answered with a web page, not the file; is there a log-in page in between?"
        )
    # Two downloads at a time write the same bytes to the same places.
    with part.open("r+b" if part.exists() else "xb") as file:
        file.seek(start)
        try:
            while bytes_:
                file.write(bytes_)
                done += len(bytes_)
                report(done, total)
                bytes_ = chunk()
        finally:
            file.truncate()


@contextmanager
def _bar(file: str, show: bool) -> Iterator[Report]:
    """A function that moves a progress bar, which appears with the first bytes."""
    from tqdm import tqdm

    with tqdm(desc=file, unit="B", unit_scale=True, disable=not show, delay=1e-9) as bar:

        def report(done: int, total: int | None) -> None:
            bar.total = total
            bar.update(done - bar.n)

        try:
            yield report
        finally:
            bar.leave = bar.n > 0


@contextmanager
def _explained(condition: str) -> Iterator[None]:
    """Turn the operating system's errors into one line."""
    try:
        yield
    except DownloadError:
        raise
    except OSError as error:
        raise DownloadError(f"{condition}: {_why(error)}") from None


def _why(reason: object) -> str:
    text = reason.strerror if isinstance(reason, OSError) and reason.strerror else str(reason)
    return " ".join(str(text or type(reason).__name__).split())
