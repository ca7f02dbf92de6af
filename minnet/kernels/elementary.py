"""The exponential and its kin, as arithmetic that a compiler can vectorise.

`math.exp` and `math.tanh` are calls into the C library, one number at a time.  Here e**x is written
2**k * e**r with a whole k and |r| <= ln(2)/2; e**r is a short Taylor polynomial and 2**k is put
together from its bits.  Every function takes and returns one float32 or float64, is within 4 ulp of
the true value and keeps NaN; results below the smallest normal number may be 0.
"""

import math

import numpy as np

from .jit import kernel

# 1/ln 2; ln 2 split so that k * LN2_HIGH is exact; ROUND = 1.5 * 2**(mantissa bits), to which a
# number can only be added rounded to a whole one; and the range in which 2**k is a normal number.
F32 = np.float32
LOG2E_32, LN2_HIGH_32, LN2_LOW_32 = F32(1.4426950408889634), F32(0.693359375), F32(-2.12194440e-4)
ROUND_32, LOWEST_32, HIGHEST_32 = F32(12582912.0), F32(-87.33), F32(88.37)
LOG2E, LN2_HIGH, LN2_LOW = 1.4426950408889634, 6.93145751953125e-1, 1.42860682030941723212e-6
ROUND, LOWEST, HIGHEST = 6755399441055744.0, -708.39, 709.43

C2, C3, C4, C5, C6, C7 = (F32(1 / math.factorial(k)) for k in range(2, 8))
D2, D3, D4, D5, D6, D7 = (1 / math.factorial(k) for k in range(2, 8))
D8, D9, D10, D11, D12, D13 = (1 / math.factorial(k) for k in range(8, 14))
ZERO, ONE, TWO, INF = F32(0), F32(1), F32(2), F32(np.inf)


@kernel
def _parts(x):
    """(2**k, e**r - 1) with e**x = 2**k * e**r, after moving x between LOWEST and HIGHEST."""
    if isinstance(x, np.float32):
        x = LOWEST_32 if x < LOWEST_32 else x
        x = HIGHEST_32 if x > HIGHEST_32 else x
        k = (x * LOG2E_32 + ROUND_32) - ROUND_32
        r = (x - k * LN2_HIGH_32) - k * LN2_LOW_32
        p = C2 + r * (C3 + r * (C4 + r * (C5 + r * (C6 + r * C7))))
        return np.int32((np.int32(k) + 127) << 23).view(np.float32), r + r * r * p
    x = LOWEST if x < LOWEST else x
    x = HIGHEST if x > HIGHEST else x
    k = (x * LOG2E + ROUND) - ROUND
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    p = D7 + r * (D8 + r * (D9 + r * (D10 + r * (D11 + r * (D12 + r * D13)))))
    p = D2 + r * (D3 + r * (D4 + r * (D5 + r * (D6 + r * p))))
    return np.int64((np.int64(k) + 1023) << 52).view(np.float64), r + r * r * p


@kernel
def exp(x):
    """e**x; inf from HIGHEST on."""
    low, high = (LOWEST_32, HIGHEST_32) if isinstance(x, np.float32) else (LOWEST, HIGHEST)
    scale, rest = _parts(x)
    y = ZERO if x < low else scale + scale * rest
    return INF if x > high else y


@kernel
def expm1(x):
    """e**x - 1, without cancellation near x = 0; x is first moved between LOWEST and HIGHEST."""
    scale, rest = _parts(x)
    return scale * rest + (scale - ONE)


@kernel
def tanh(x):
    """(e**2x - 1) / (e**2x + 1)."""
    minus_one = expm1(TWO * x)
    return minus_one / (minus_one + TWO)


@kernel
def logistic(x):
    """1 / (1 + e**-x)."""
    return ONE / (ONE + exp(-x))


@kernel
def softplus(x):
    """log(1 + e**x), from the side on which e**x cannot overflow."""
    y = exp(-abs(x))
    return (x if x > ZERO else ZERO * y) + math.log1p(y)
