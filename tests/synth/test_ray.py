"""Ray as the engine, on nodes that are all on this machine: the bytes of the local run, whatever dies."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
import stand_in

from synth.cli import main
from synth.errors import StoppedError
from synth.folder import Folder
from synth.generate import generate

pytestmark = [
    pytest.mark.ray,
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed"),
    # What Ray itself leaves open, deprecates or announces.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray"),
    pytest.mark.filterwarnings("ignore::FutureWarning:ray"),
]
QUICK = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 1000, "health_check_failure_threshold": 6}
"""How soon a node is taken for dead."""


@pytest.fixture(scope="module", autouse=True)
def temporary():
    """Where Ray has its sockets and logs: a path so short that a socket can have it."""
    with tempfile.TemporaryDirectory(prefix="ray-") as home, pytest.MonkeyPatch.context() as environment:
        environment.setenv("RAY_TMPDIR", home)
        yield home


@pytest.fixture(scope="module")
def nodes():
    """A cluster whose head has no processors, and two nodes of one each; this process is its driver."""
    import ray
    from ray.cluster_utils import Cluster

    from synth.scale.command import RAY

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", stand_in.ENVIRONMENT["PYTHONPATH"])
        for name, value in RAY.items():
            environment.setenv(name, value)
        memory = {"object_store_memory": 80 * 10**6}
        cluster = Cluster(
            initialize_head=True,
            head_node_args={"num_cpus": 0, "_system_config": QUICK, **memory, "include_dashboard": False},
        )
        cluster.memory = memory
        cluster.workers = [cluster.add_node(num_cpus=1, **memory) for _ in range(2)]
        ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
        yield cluster
        ray.shutdown()
        cluster.shutdown()


@pytest.fixture
def site(nodes):
    from synth.scale.cluster import Cluster

    while len(nodes.workers) < 2:
        nodes.workers.append(nodes.add_node(num_cpus=1, **nodes.memory))
    return Cluster(partitions=2)


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """The contents of the local run of a configuration."""
    found = {}

    def contents(job):
        if repr(job) not in found:
            out = tmp_path_factory.mktemp("local") / "out"
            generate(job, out, stand_in.setting(workers=2))
            found[repr(job)] = stand_in.contents(out)
        return found[repr(job)]

    return contents


BIG = stand_in.configuration(profile="big", count=110)


def is_alive(number):
    try:
        return "State:\tZ" not in Path(f"/proc/{number}/status").read_text()
    except OSError:
        return False


def until(claim, seconds=30):
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.1)


def strike(monkeypatch, index, blow):
    """Have something happen once, when a run has come so far."""
    from synth.production import Production

    take, struck = Production.take, []

    def takes(self, batch, peak):
        take(self, batch, peak)
        if self.next_index > index and not struck:
            struck.append(self.next_index)
            blow(self)

    monkeypatch.setattr(Production, "take", takes)
    return struck


@pytest.mark.parametrize(
    "job",
    [
        stand_in.configuration(profile="faults", count=16),
        stand_in.configuration(profile="crashing", count=32),
        stand_in.configuration(profile="big", count=None, budget_bytes=36_000_000),
        stand_in.configuration(count=150, dedup="ir"),
    ],
    ids=lambda job: f"{job.profile}-{job.dedup}",
)
def test_the_bytes_are_those_of_the_local_run(site, local, tmp_path, job):
    generate(job, tmp_path / "out", stand_in.setting(site=site))
    assert stand_in.contents(tmp_path / "out") == local(job)
    assert not (tmp_path / "out" / ".unfinished").exists()


def test_batches_that_wait_for_the_first_are_not_the_last(site, tmp_path):
    """The first takes so long that all of the others that may be made before it are."""
    from synth.scale.cluster import WINDOW, Tasks
    from synth.site import Work

    work = Work(stand_in.configuration(), stand_in.TOOLS, 2, stand_in.PATIENT, tmp_path, lambda: None)
    (tmp_path / "parts").mkdir()
    Folder(tmp_path).aside.mkdir()
    slow = replace(stand_in.TOOLS, draw=stand_in.draw_slowly)
    number = 4 * 2 * WINDOW
    with Tasks(replace(work, tools=slow), tmp_path / "parts", site.seen(work.configuration, Folder(tmp_path))) as tasks:
        found = [batch.outcomes[0].index for batch in tasks.run((index,) for index in range(number))]
    assert found == list(range(number))


class EnoughError(Exception):
    pass


def stops(_production):
    raise EnoughError


def here():
    from synth.site import HERE

    return HERE


@pytest.mark.parametrize(("begins", "goes_on"), [("ray", "ray"), ("ray", "here"), ("here", "ray")])
def test_a_run_that_was_interrupted_goes_on(site, local, tmp_path, monkeypatch, begins, goes_on):
    sites = {"ray": site, "here": here()}
    monkeypatch.chdir(tmp_path)  # the folder is named as a person does
    with monkeypatch.context() as patch:
        strike(patch, 70, stops)
        with pytest.raises(EnoughError):
            generate(BIG, Path("out"), stand_in.setting(site=sites[begins]))
    generate(BIG, Path("out"), stand_in.setting(site=sites[goes_on]))
    assert stand_in.contents(tmp_path / "out") == local(BIG)
    assert not (tmp_path / "out" / ".unfinished").exists()


def test_a_node_that_dies_and_is_replaced_costs_time_only(nodes, site, local, tmp_path, monkeypatch):
    def kill(_production):
        nodes.remove_node(nodes.workers.pop(), allow_graceful=False)
        nodes.workers.append(nodes.add_node(num_cpus=1, **nodes.memory))

    struck = strike(monkeypatch, 30, kill)
    generate(BIG, tmp_path / "out", stand_in.setting(site=site))
    assert struck
    assert stand_in.contents(tmp_path / "out") == local(BIG)


def test_a_partition_that_dies_knows_what_it_knew(site, local, tmp_path, monkeypatch):
    import ray

    from synth.scale import cluster

    actors = []

    class Watched:
        def remote(self, log):
            actors.append(remote(log))
            return actors[-1]

    remote = cluster._partition.remote
    monkeypatch.setattr(cluster, "_partition", Watched())
    struck = strike(monkeypatch, 60, lambda _production: [ray.kill(actor, no_restart=False) for actor in actors])
    job = stand_in.configuration(count=150)
    generate(job, tmp_path / "out", stand_in.setting(site=site))
    assert struck
    assert len(actors) == 2
    assert stand_in.contents(tmp_path / "out") == local(job)


def test_a_task_that_fails_for_good_ends_the_run_in_one_line(site, tmp_path):
    tools = stand_in.Tools(stand_in.draw, stand_in.opens_on_a_full_disk, stand_in.rows, stand_in.write_record)
    with pytest.raises(
        StoppedError, match=r"a task failed: the disk is full .*; .* are kept in .*; to go on: "
    ) as stop:
        generate(stand_in.configuration(profile="refusing"), tmp_path / "out", stand_in.setting(site=site, tools=tools))
    assert "\n" not in str(stop.value)


DRIVER = """
import sys
import stand_in
from synth import cli
from synth.__main__ import run
from synth.making import TOOLS
from synth import request
real = cli.main
job = stand_in.configuration(profile="big", count=110)
request.requested_configuration = lambda _options: job
request.refuse_unavailable = repr
cli.main = lambda arguments: real(arguments, stand_in.TOOLS)
sys.exit(run())
"""


def start(out, *words):
    command = [sys.executable, "-c", DRIVER, "--engine", "ray", "--out", str(out), *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    environment = {**os.environ, "PYTHONPATH": stand_in.ENVIRONMENT["PYTHONPATH"]}
    return subprocess.Popen(command, env=environment, text=True, start_new_session=True, **pipes)


def of_run(out):
    """The processes of this machine that name a folder in their open files, this one left out."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            names = [str(link.readlink()) for link in (path / "fd").iterdir()]
        except OSError:
            continue
        if int(path.name) != os.getpid() and any(name.startswith(f"{out}/") for name in names):
            found.append(int(path.name))
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_command_that_is_stopped_leaves_nothing_at_work_and_goes_on(nodes, site, local, tmp_path, number):
    out = tmp_path / "out"
    with start(out, "--ray-address", nodes.address, "--quiet") as process:
        until(lambda: process.poll() is not None or list(out.glob("train-*.jsonl")))
        process.send_signal(number)
        said, complained = process.communicate(timeout=30)
    assert said == ""
    if number != signal.SIGKILL:
        assert process.returncode == 128 + number
        assert complained.count("\n") == 1
        assert f"stopped by {number.name}" in complained
        assert "to go on: python -m synth generate" in complained
    until(lambda: not of_run(out))
    generate(BIG, out, stand_in.setting(site=site))
    assert stand_in.contents(out) == local(BIG)


@pytest.mark.usefixtures("site")
def test_a_command_one_of_whose_nodes_dies_says_nothing_of_it(nodes, local, tmp_path):
    out = tmp_path / "out"
    with start(out, "--ray-address", nodes.address, "--quiet") as process:
        until(lambda: process.poll() is not None or any((out / ".unfinished" / "parts").glob("*")))
        nodes.remove_node(nodes.workers.pop(), allow_graceful=False)
        said, complained = process.communicate(timeout=60)
    assert (process.returncode, said, complained) == (0, "", "")
    assert stand_in.contents(out) == local(BIG)
    until(lambda: not of_run(out))


def test_ctrl_c_ends_a_cluster_of_our_own(tmp_path):
    out = tmp_path / "out"
    with start(out, "--workers", "1") as process:
        until(lambda: process.poll() is not None or list(out.glob("train-*.jsonl")))
        everybody = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
        theirs = [number for number in everybody if _ancestor(number, process.pid)]
        os.killpg(process.pid, signal.SIGINT)
        said, complained = process.communicate(timeout=30)
    assert process.returncode == 130, complained
    assert said == ""
    assert complained.splitlines()[-1].startswith("warpsmith: stopped by ")
    assert theirs
    until(lambda: not any(map(is_alive, theirs)))
    assert not of_run(out)


def _ancestor(number, of):
    while number > 1:
        if number == of:
            return True
        try:
            number = int(Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return False
    return False


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nobody.invalid:6379", "nonsense"])
def test_an_address_where_nobody_is_is_refused_at_once(tmp_path, capsys, address):
    begun = time.monotonic()
    assert main(["--engine", "ray", "--ray-address", address, "--count", "1", "--out", str(tmp_path / "out")]) == 2
    assert time.monotonic() - begun < 20
    error = capsys.readouterr().err
    assert error.startswith(f"warpsmith: error: --ray-address: there is no Ray cluster at {address!r}: ")
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("site")
def test_the_real_command_makes_the_same_bytes(nodes, tmp_path):
    common = ["--count", "8", "--no-io", "--no-backward", "--quiet"]
    assert main([*common, "--workers", "1", "--out", str(tmp_path / "here")]) == 0
    command = [sys.executable, "-m", "synth", *common, "--engine", "ray", "--ray-address", nodes.address]
    done = subprocess.run(
        [*command, "--out", "there"],
        cwd=tmp_path,
        env=stand_in.ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert stand_in.contents(tmp_path / "there") == stand_in.contents(tmp_path / "here")
    until(lambda: not of_run(tmp_path / "there"))
