"""Formulas of the error surfaces: the error of two weights and its derivatives.

Each is plain arithmetic: it takes the weights x and y, then the surface's parameters, and returns
(E, dE/dx, dE/dy).  Compiled code gets the parameters at run time, so that every bowl is the same
machine code.
"""

from math import cos, exp, pi, sin, sqrt


def quadratic(x, y, xx=1.0, xy=0.0, yy=1.0, x0=0.0, y0=0.0, slope_x=0.0, slope_y=0.0, floor=0.0):
    """E = floor + slope . d + 1/2 d' H d with d = (x - x0, y - y0), H = [[xx, xy], [xy, yy]]"""
    u, v = x - x0, y - y0
    along, across = xx * u + xy * v, xy * u + yy * v
    error = floor + slope_x * u + slope_y * v + 0.5 * (u * along + v * across)
    return error, slope_x + along, slope_y + across


def plateau(x, y, slope=1e-4, depth=1.0, width=1.0):
    """E = slope (sqrt(1 + r^2) - 1) + depth (1 - exp(-r^2 / (2 width^2))), r^2 = x^2 + y^2"""
    square = x * x + y * y
    far, pit = sqrt(1 + square), depth * exp(-square / (2 * width * width))
    steep = slope / far + pit / (width * width)
    return slope * (far - 1) + depth - pit, steep * x, steep * y


def long_valley(x, y, steep=100.0, length=3.0):
    """E = 1/2 steep y^2 + 1/4 (x^2 - length^2)^2 / length^2"""
    off = (x * x - length * length) / length
    return 0.5 * steep * y * y + 0.25 * off * off, x * off / length, steep * y


def beale(x, y):
    """E = (1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2   (Beale 1958)"""
    a = 1.5 - x + x * y
    b = 2.25 - x + x * y * y
    c = 2.625 - x + x * y * y * y
    dx = 2 * (a * (y - 1) + b * (y * y - 1) + c * (y * y * y - 1))
    return a * a + b * b + c * c, dx, 2 * x * (a + 2 * b * y + 3 * c * y * y)


def rosenbrock(x, y):
    """E = (1 - x)^2 + 100 (y - x^2)^2   (Rosenbrock 1960)"""
    off = y - x * x
    return (1 - x) ** 2 + 100 * off * off, -2 * (1 - x) - 400 * x * off, 200 * off


def himmelblau(x, y):
    """E = (x^2 + y - 11)^2 + (x + y^2 - 7)^2   (Himmelblau 1972)"""
    a, b = x * x + y - 11, x + y * y - 7
    return a * a + b * b, 4 * x * a + 2 * b, 2 * a + 4 * y * b


def branin(x, y):
    """E = (y - 5.1/(4 pi^2) x^2 + 5/pi x - 6)^2 + 10 (1 - 1/(8 pi)) cos x + 10   (Branin 1972)"""
    curve, wave = 5.1 / (4 * pi * pi), 10 - 1.25 / pi
    off = y - curve * x * x + 5 / pi * x - 6
    dx = 2 * off * (5 / pi - 2 * curve * x) - wave * sin(x)
    return off * off + wave * cos(x) + 10, dx, 2 * off
