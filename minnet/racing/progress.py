"""The progress of a race: a bar, or a function of the caller's."""

from collections.abc import Callable


def progress_of(progress: bool | Callable[[int, int], None]) -> Callable[[int | None, int], None]:
    """A function to call with (steps done, steps in all), and with None at the end."""
    if callable(progress):
        return lambda done, total: progress(done, total) if done is not None else None
    if not progress:
        return lambda done, total: None
    from tqdm.auto import tqdm

    bar = tqdm(unit=" mini-batches", leave=False)

    def tick(done: int | None, total: int) -> None:
        if done is None:
            bar.close()
            return
        bar.total = total
        bar.update(done - bar.n)

    return tick
