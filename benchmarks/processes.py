"""What is measured in a process of its own, warm and undisturbed by what ran before."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import ParamSpec, TypeVar
from unittest.mock import patch

Given = ParamSpec("Given")
Result = TypeVar("Result")


def apart(function: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs) -> Result:
    """Call a function of a module in a fresh process, what its kernels print left out; return what it returns."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=_silence) as pool:
        return pool.submit(function, *args, **kwargs).result()


def _silence() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


@contextmanager
def cpu_stopwatches() -> Iterator[None]:
    """Let every stopwatch of the pipeline count this process's CPU seconds: they hold on a machine that is shared."""
    with patch.object(time, "perf_counter", time.process_time):
        yield
