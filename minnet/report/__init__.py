"""What a race returns, prints and draws.

- `report`: the class `Report`: every number that was measured, saved and loaded
- `table`: the table that is printed
- `plot`: the figure of losses and errors
- `notebook`: how reports and nets show themselves in a notebook
"""
