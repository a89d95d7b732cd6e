"""The result of counting: so many operations and bytes per thread."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StaticCounts:
    """What the forward code of a kernel does in one thread, each generated statement counted once.

    Straight-line counts: the body of a dynamic loop counts once, however often it runs, and both branches of an `if`
    count. A loop that Warp has unrolled stands in the text as often as it runs, and so it counts. A function counts
    once for each call of it. What a compiler may drop, fold or keep in registers is counted as written.
    """

    flops: int = 0
    """Additions, subtractions, multiplications and divisions of floating-point numbers of any width, each 1."""
    special_functions: int = 0
    """Roots, powers, exponentials, logarithms, (inverse) trigonometric functions, remainders … of one number each."""
    integer_ops: int = 0
    """Arithmetic and bitwise operations on integers and truth values; not what finds an element's place in an array."""
    comparisons: int = 0
    """Comparisons of two numbers; minimum and maximum are one each, `clamp` two."""
    conversions: int = 0
    """Changes of a number's type, and roundings to a whole number."""
    loads: int = 0
    """Elements, or parts of an element, read from global memory: a vector or a struct is one."""
    load_bytes: int = 0
    """The sizes of what is read."""
    stores: int = 0
    """Elements, or parts of an element, written to global memory."""
    store_bytes: int = 0
    """The sizes of what is written."""
    atomics: int = 0
    """Atomic operations on global memory, as written: that of a vector is one. They are no loads, stores or flops."""
    atomic_bytes: int = 0
    """The size of what is updated, once."""
    branches: int = 0
    """Conditional jumps: an `if` with or without `else`, the test of a loop, an operand that `and` or `or` may skip."""
    loops: int = 0
    """Loops that are not unrolled."""
    calls: int = 0
    """Calls of functions that are written in Python, Warp's own (`norm_l1` …) among them, or in C++."""
    uncounted: int = 0
    """Calls of built-ins and native functions whose work is not in these numbers, and statements of unknown form."""
