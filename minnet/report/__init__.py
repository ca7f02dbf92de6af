"""Reports of races: measurements, table, figure, files.

- `report`: the class `Report` with all measurements; saved as .npz, .json or .csv, and loaded
- `info`: what a report says of data, net, plan, seed and versions
- `table`: the table that is printed
- `plot`: the figure of losses and errors
- `notebook`: HTML of reports and nets in a notebook
"""
