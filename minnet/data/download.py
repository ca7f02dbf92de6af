"""Download MNIST and Fashion-MNIST, with checksums, mirrors and retries.

pooch does the work: it writes to a temporary file beside the real one, compares its checksum, gives
it its real name only then, and tries again where a connection breaks off.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from ..checks import check_name
from ..install import advice
from .published import PUBLISHED, data_folder

PATIENCE = 15.0  # seconds without a byte
RETRIES = 2  # of each file at each mirror, after one second and then after two
CHUNK = 1 << 16  # bytes


class DownloadError(OSError):
    """A download that failed; the message is one line."""


def fetch(name: str, progress: bool = False, mirror: str | None = None) -> Path:
    """Download a published set, or what is missing of it, to where `load` looks for it.

    Parameters
    ----------
    name : "mnist" or "fashion-mnist"
    progress : bool
        Show a progress bar for each file; default False.
    mirror : str, optional
        Web address of a folder that holds NAME/train-images-idx3-ubyte.gz and so on, in place of
        the known ones; the environment variable MINNET_MIRROR does the same. A downloaded folder
        with `python -m http.server` in it is such a mirror.

    Returns
    -------
    Path
        The folder with the four files, inside the folder MINNET_DATA or the user's cache folder.

    Raises
    ------
    ValueError
        If the name is unknown or the mirror is no web address.
    DownloadError
        If pooch is missing, no mirror can be reached, a connection breaks off again and again, an
        answer is not the file, or the folder cannot be written to.
    """
    check_name("data set to download", name, PUBLISHED)
    mirror = mirror or os.environ.get("MINNET_MIRROR")
    if mirror and urlsplit(mirror).scheme not in ("http", "https"):
        raise ValueError(f"a mirror must begin with http:// or https://, got {mirror!r}")
    places = (f"{mirror.rstrip('/')}/{name}/",) if mirror else PUBLISHED[name].mirrors
    folder = data_folder() / name
    for file in PUBLISHED[name].sha256:
        reasons = []
        for place in places:
            try:
                _fetch_file(place, folder, file, PUBLISHED[name].sha256[file], progress)
                break
            except DownloadError as error:
                reasons.append(str(error))
        else:
            raise DownloadError("; ".join(dict.fromkeys(reasons)))
    return folder


def _fetch_file(place: str, folder: Path, file: str, sha256: str, progress: bool) -> None:
    """Put a file into the folder, unless it is there with this checksum."""
    try:
        import pooch
        from requests import HTTPError, RequestException  # which pooch needs itself
        from requests.exceptions import ChunkedEncodingError
    except ImportError:
        raise DownloadError(
            f"a download needs pooch, which is not installed: {advice('data')}"
        ) from None
    from tqdm import tqdm

    pooch.get_logger().setLevel("WARNING")
    store = pooch.create(
        folder, place, registry={file: f"sha256:{sha256}"}, retry_if_failed=RETRIES
    )
    url = place + file
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # pooch sets the total when it knows it; the bar appears with the first bytes.
        with tqdm(
            desc=file, total=1, unit="B", unit_scale=True, disable=not progress, delay=1e-9
        ) as bar:
            store.fetch(
                file,
                processor=_let_all_read,
                downloader=pooch.HTTPDownloader(
                    progressbar=bar if progress else False, chunk_size=CHUNK, timeout=PATIENCE
                ),
            )
    except HTTPError as error:
        answer = error.response
        status = "with an error" if answer is None else f"{answer.status_code} {answer.reason}"
        raise DownloadError(f"{url} was answered {status}") from None
    except ChunkedEncodingError as error:
        raise DownloadError(f"{url} broke off ({_reason(error)}); try again") from None
    except RequestException as error:
        where = urlsplit(url).netloc or url
        raise DownloadError(f"{where} cannot be reached ({_reason(error)})") from None
    except ValueError:
        raise DownloadError(
            f"{url} must have sha256 {sha256[:12]}..., got another file (is there a log-in page in "
            "between?); nothing was kept"
        ) from None
    except OSError as error:
        raise DownloadError(
            f"{folder} must be a folder that can be written to: {_reason(error)}"
        ) from None


def _let_all_read(path: str, action: str, _: object) -> str:
    """pooch's temporary files are for their owner alone; a class may share the folder."""
    if action != "fetch":
        os.chmod(path, 0o644)
    return path


def _reason(error: BaseException) -> str:
    """What the operating system said: requests and urllib3 wrap it several times."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split()) or type(error).__name__
