"""A question asked in a process of its own, which takes with it whatever the answer needed."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, resource_tracker
from typing import ParamSpec, TypeVar

from .errors import UsageError
from .leash import keyboard_held

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def apart(question: Callable[Asked, Answer], *given: Asked.args, **named: Asked.kwargs) -> Answer:
    """Return or raise what a function does in another process; `UsageError` if that does not survive it."""
    resource_tracker.ensure_running()
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        with keyboard_held():
            answer = pool.submit(question, *given, **named)
        try:
            return answer.result()
        except BrokenProcessPool as error:
            raise UsageError(f"the process that asked {question.__name__} did not survive it") from error
