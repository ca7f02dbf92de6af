"""One weight under a rule, step by step: gradient, slots and step of every row of a table.

- `streams`: gradients from text, a file or standard input
- `stepping`: the table, and the command `minnet step`
- `page`: the table as a web page
"""

from .stepping import Table, table
from .streams import SLIDE_28, numbers_in

__all__ = ["SLIDE_28", "Table", "numbers_in", "table"]
