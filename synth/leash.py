"""The first step of a process that works for a run: from here on it ends with the run, whatever it is at.

Nothing else is imported before that is so: a process that is stopped (SIGSTOP) before it outlives a run that is killed.
"""

import ctypes
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def spawn(serve: Callable[..., None], *given: object) -> tuple[SpawnProcess, Connection]:
    """Start a process that calls `serve` with its end of a pipe and what else is given; return it and our end."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    # As bytes, so that nothing of it is imported before the process is on its leash.
    process = context.Process(target=_begin, args=(theirs, pickle.dumps((serve, given))), daemon=True)
    resource_tracker.ensure_running()  # else `start` does so first, and lets Ctrl-C through again
    with keyboard_held():
        process.start()
    theirs.close()
    return process, ours


@contextmanager
def keyboard_held() -> Iterator[None]:
    """Hold Ctrl-C back: a process started now inherits that, and is out of its reach from its first instruction."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def is_stopped(process: SpawnProcess) -> bool:
    """Whether it has been stopped (SIGSTOP), which it does not do by itself; only Linux tells."""
    if sys.platform != "linux" or process.pid is None:
        return False
    return os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is not None


def _begin(connection: Connection, pickled: bytes) -> None:
    parent = parent_process()
    assert parent is not None, "it is a child of the run"
    if sys.platform == "linux":  # the system ends it also while it is stopped, or native code never lets Python run
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    # Elsewhere, and if the run had ended before. A task that loops for ever never looks at its pipe.
    threading.Thread(target=_leave_with, args=(parent.sentinel,), daemon=True).start()
    serve, given = pickle.loads(pickled)  # noqa: S301  (of the process that started this one)
    serve(connection, *given)


def _leave_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
