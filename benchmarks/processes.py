"""What is measured in a process of its own, warm and undisturbed by what ran before."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


def apart(function: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    """Call a function of a module in a fresh process, what its kernels print left out; return what it returns."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=_silence) as pool:
        return pool.submit(function, *args, **kwargs).result()


def _silence() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
