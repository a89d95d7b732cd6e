import io

import pytest
import stand_in
from rich.console import Console

from synth.progress import LiveLine, Pace, PlainLines, Silence, Status, choose_screen
from synth.tally import Counts, Tally

STATUS = Status(
    target="of 50 MB",
    text_bytes=12_345_678,
    records=1_234,
    duplicates=6,
    rejects=2,
    share=0.25,
    rate=41.6,
    seconds_left=125.4,
)
LINE = "12.3 of 50 MB · 1,234 records · 42 kernels/s · 99.5 % unique · 2 rejected · 2 min 05 s left"


def job():
    return stand_in.configuration(budget_bytes=50_000_000, count=None)


def test_plain_lines_come_now_and_then(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("synth.progress.time.monotonic", lambda: now[0])
    stream = io.StringIO()
    screen = PlainLines(stream)
    for second in range(25):
        now[0] = 100.0 + second
        screen.show(STATUS)
        screen.tick()
    screen.close()
    assert stream.getvalue() == f"{LINE}\n{LINE}\n"


def test_a_terminal_gets_one_live_line_that_is_gone_in_the_end():
    stream = io.StringIO()
    screen = LiveLine(Console(file=stream, force_terminal=True, width=160))
    screen.tick()
    screen.show(STATUS)
    assert "compiling the first kernels" in stream.getvalue()
    assert LINE in stream.getvalue()
    screen.close()
    assert "\x1b[2K" in stream.getvalue().split(LINE)[-1]


@pytest.mark.parametrize("width", [20, 80, 95, 100, 200])
def test_the_live_line_is_one_line_on_any_terminal(width):
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=width)
    screen = LiveLine(console)
    screen.show(STATUS)
    lines = console.render_lines(screen._line())
    assert len(lines) == 1
    screen.close()


def test_a_target_in_records_is_named_as_such():
    pace = Pace(stand_in.configuration(count=5000), Tally())
    status = pace.status(Tally(total=Counts(written=1234), text_bytes=12_345_678))
    assert status.phrases[:2] == ["12.3 MB, of 5,000 records", "1,234 records"]
    assert Pace(job(), Tally()).status(Tally(text_bytes=5_000_000)).phrases[0] == "5.0 of 50 MB"


def test_quiet_is_quiet_and_a_stream_that_is_no_terminal_gets_plain_lines():
    assert isinstance(choose_screen(quiet=True), Silence)
    assert isinstance(choose_screen(quiet=False), PlainLines)


def test_a_stream_that_nobody_reads_does_not_stop_a_run(monkeypatch):
    class Closed(io.StringIO):
        def write(self, _text):
            raise BrokenPipeError

    screen = PlainLines(Closed())
    monkeypatch.setattr("synth.progress.PLAIN_SECONDS", 0.0)
    screen.show(STATUS)


@pytest.mark.parametrize(("count", "share"), [(None, 0.5), (200, 0.5), (125, 0.8)])
def test_the_nearer_target_counts_and_only_this_session_makes_the_pace(monkeypatch, count, share):
    now = [0.0]
    monkeypatch.setattr("synth.progress.time.monotonic", lambda: now[0])
    tally = Tally(total=Counts(written=50, duplicates=50), text_bytes=250_000)
    pace = Pace(stand_in.configuration(budget_bytes=1_000_000, count=count), tally)
    now[0] = 10.0
    status = pace.status(Tally(total=Counts(written=100, duplicates=50, rejects={"native": 10}), text_bytes=500_000))
    assert status.rate == 6.0
    assert status.share == share
    began = max(0.25, 50 / count) if count else 0.25
    assert status.seconds_left == pytest.approx(10.0 * (1 - share) / (share - began))
    assert status.unique_percent == pytest.approx(100 * 100 / 150)
