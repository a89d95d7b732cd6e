"""Questions asked in processes of their own."""

import os
import signal

import pytest

from synth import apart as module
from synth.apart import TRIES, apart
from synth.errors import UsageError


def sum_of(*numbers, start=0):
    return sum(numbers, start), os.getpid()


def refuse(why):
    raise UsageError(why)


def end_some_times(ends, times, how):
    with ends.open("a") as file:
        file.write(".")
    if ends.stat().st_size <= times:
        os.kill(os.getpid(), how)
    return "an answer"


def test_an_answer_comes_from_another_process():
    found, process = apart(sum_of, 1, 2, start=3)
    assert found == 6
    assert process != os.getpid()


def test_what_a_question_raises_is_raised():
    with pytest.raises(UsageError, match=r"^not here$"):
        apart(refuse, "not here")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_a_process_that_is_killed_or_stopped_is_not_the_last_one(tmp_path, monkeypatch, how):
    monkeypatch.setattr(module, "SECONDS", 3.0)
    assert apart(end_some_times, tmp_path / "ends", TRIES - 1, how) == "an answer"


def test_a_question_that_no_process_survives_is_told_in_one_line(tmp_path):
    with pytest.raises(UsageError, match=r"^end_some_times: 3 processes that were asked did not answer$"):
        apart(end_some_times, tmp_path / "ends", TRIES, signal.SIGSEGV)
