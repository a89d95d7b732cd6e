"""A question asked in a process of its own, which takes with it whatever the answer needed."""

from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import ParamSpec, TypeVar

from .errors import UsageError
from .leash import spawn

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

SECONDS = 120.0
"""For an answer: it takes a few."""
TRIES = 3
"""A process may end, or be stopped, for reasons that are not the question's."""


def apart(question: Callable[Asked, Answer], *given: Asked.args, **named: Asked.kwargs) -> Answer:
    """Return or raise what a function does in another process; `UsageError` if no process survives that."""
    for _ in range(TRIES):
        process, connection = spawn(_serve, question, given, named)
        try:
            with suppress(EOFError, OSError):
                if connection.poll(SECONDS):
                    answer: tuple[Answer | None, Exception | None] = connection.recv()
                    break
        finally:
            connection.close()
            process.kill()
            process.join()
            process.close()
    else:
        raise UsageError(f"{question.__name__}: {TRIES} processes that were asked did not answer")
    found, error = answer
    if error is not None:
        raise error
    return found  # type: ignore[return-value]  # there is an answer where there is no error


def _serve(
    connection: Connection, question: Callable[..., object], given: tuple[object, ...], named: dict[str, object]
) -> None:
    try:
        answer = question(*given, **named), None
    except Exception as error:  # noqa: BLE001  (whatever it is, it is the caller's)
        connection.send((None, error))
    else:
        connection.send(answer)
