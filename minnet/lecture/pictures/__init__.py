"""Drawing functions of the lectures' figures: findings in, a sheet out; nothing is computed here.

One module for each script (the last has two, for slides 30 and 31), one function for each figure,
named after what it shows.  What a figure needs besides the measured values comes as a NamedTuple
that stands before the function.
"""
