"""One weight, step by step: what a rule remembers and how far it goes.

- `stepping`: the table of steps, and `minnet step`
- `page`: the table as a web page
"""

from .stepping import SLIDE_28, Table, numbers_in, table

__all__ = ["SLIDE_28", "Table", "numbers_in", "table"]
