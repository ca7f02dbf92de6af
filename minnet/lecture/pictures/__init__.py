"""How the lectures' figures are drawn: findings in, a sheet out; nothing is computed here.

One module for each script, one function for each figure, named after what it shows.
"""
