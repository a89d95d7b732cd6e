"""Profiles: the project's by name, a user's by file, and what a dataset keeps of one."""

import shlex
from importlib.resources import files
from pathlib import Path

import pytest
import stand_in

from grammar.profile import CATEGORIES, PROFILES, WHOLE
from synth import cli
from synth.configuration import decode_configuration, encode_configuration
from synth.errors import UsageError
from synth.folder import Folder
from synth.generate import generate
from synth.profiles import default_categories, refuse_wrong, requested_profile
from synth.reading import configuration_of
from synth.state import continuing_command

MINE = """\
extends = "explore"
least = 3
[weights]
add = 5
[boosts]
stencil = 2
"""


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys, text, *arguments):
    """What is said of a profile that is refused."""
    Path("mine.toml").write_text(text)
    code = cli.main(["--profile", "mine.toml", "--categories", "arithmetic", "--out", "out", *arguments])
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert len(said.err.splitlines()) == 1
    assert not Path("out").exists()
    return said.err


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("least 3", ["--profile: mine.toml", "no TOML", "line 1"]),
        ("colour = 3", ["unknown key 'colour'", "least"]),
        ("least = -3", ["least = -3", "a whole number from 0"]),
        ("least = true", ["least = True", "a whole number from 0"]),
        ('[weights]\nadd = "much"', ["weights", "a table of whole numbers"]),
        ('extends = "vector"', ["extends = 'vector'", "default, explore"]),
        ("[weights]\nadds = 3", ["weights", "'adds' is no row of the catalogue", "did you mean add?"]),
        ("[weights]\nstencil = 3", ["weights", "'stencil' is no row"]),
        ("[boosts]\nstencils = 3", ["boosts", "'stencils' is no row or tag"]),
        ("[features]\nstencl = 3", ["features", "'stencl' is no tag", "did you mean stencil?"]),
        ('demands = ["steam"]', ["demands", "'steam' is no tag"]),
        ("[floats]\nfloat31 = 1", ["floats", "'float31' is no floating-point type", "did you mean float32?"]),
        ("[integers]\nint31 = 1", ["integers", "'int31' is no integer type"]),
        ("[compounds]\nvec33i1 = 1", ["compounds", "'vec33i1' is no compound type"]),
        ("[ranks]\n7 = 1", ["no kernel of category arithmetic can be grown with it"]),
        ("[ranks]\nx = 1", ["no kernel of category arithmetic can be grown with it"]),
        ("[fuel]\n0 = 0", ["no kernel of category arithmetic can be grown with it"]),
    ],
)
def test_a_text_that_is_no_profile_is_refused_in_one_line_that_says_what_would_be_right(capsys, text, right):
    said = told(capsys, text)
    for part in right:
        assert part in said


def test_a_file_that_cannot_be_read_is_refused(capsys):
    assert cli.main(["--profile", "yours.toml"]) == 2
    assert "--profile: cannot read yours.toml: No such file" in capsys.readouterr().err
    Path("yours.toml").write_bytes(b"\xff\xfe")
    assert cli.main(["--profile", "yours.toml"]) == 2
    assert "yours.toml is no TOML: it is not UTF-8" in capsys.readouterr().err
    for name in ("a b.toml", ".toml", "a$.toml"):
        Path(name).write_text(MINE)
        assert cli.main(["--profile", name]) == 2
        assert "NAME of letters, digits, _ and -" in capsys.readouterr().err


@pytest.mark.parametrize("name", PROFILES)
def test_the_projects_own_go_by_name(name):
    assert requested_profile(name) == (name, None)
    assert default_categories(name, None) == (CATEGORIES if name in WHOLE else (name,))


def test_a_users_is_its_name_and_its_text_and_for_every_category():
    Path("vector.toml").write_text(MINE)
    assert requested_profile("vector.toml") == ("vector", MINE)
    assert default_categories("vector", MINE) == CATEGORIES


def test_a_name_that_is_near_is_proposed():
    with pytest.raises(UsageError, match=r"'vectr' is unknown; did you mean vector\?.* of your own, NAME\.toml"):
        requested_profile("vectr")


def test_a_category_as_a_profile_is_that_category_only(capsys):
    assert cli.main(["--count", "3", "--profile", "vector", "--out", "out"], stand_in.TOOLS) == 0
    configuration = configuration_of(Folder(Path("out")))
    assert (configuration.profile, configuration.categories) == ("vector", ("vector",))
    assert "--categories" not in continuing_command(configuration, Path("out"))
    capsys.readouterr()
    assert cli.main(shlex.split(continuing_command(configuration, Path("out")))[3:], stand_in.TOOLS) == 0
    assert "is complete already" in capsys.readouterr().out


def test_a_dataset_of_a_users_profile_goes_on_by_itself(capsys):
    Path("mine.toml").write_text(MINE)
    arguments = ["--count", "5", "--categories", "arithmetic,vector", "--out", "out"]
    assert cli.main(["--profile", "mine.toml", *arguments], stand_in.TOOLS) == 0
    Path("mine.toml").unlink()
    configuration = configuration_of(Folder(Path("out")))
    assert (configuration.profile, configuration.profile_source) == ("mine", MINE)
    assert decode_configuration(encode_configuration(configuration)) == configuration
    capsys.readouterr()
    (command,) = [line for line in Path("out/PRODUCTION_STATE.md").read_text().splitlines() if line.startswith("    ")]
    assert cli.main(shlex.split(command)[3:], stand_in.TOOLS) == 0
    assert "is complete already" in capsys.readouterr().out
    assert cli.main(["verify", "out"]) == 0
    Path("mine.toml").write_text(MINE.replace("add = 5", "add = 6"))
    assert cli.main(["--profile", "mine.toml", *arguments], stand_in.TOOLS) == 2
    assert "line 4 of profile mine is 'add = 5' there and 'add = 6' here" in capsys.readouterr().err


def test_an_interrupted_start_gets_its_profile_back(tmp_path):
    job = stand_in.configuration(profile="mine", profile_source=MINE)
    folder = Folder(tmp_path / "out")
    folder.root.mkdir()
    folder.begin(job)
    assert not (folder.root / "mine.toml").exists()
    generate(job, folder.root, stand_in.setting())
    assert (folder.root / "mine.toml").read_text() == MINE


@pytest.mark.parametrize("name", PROFILES)
def test_the_projects_own_name_only_what_there_is(name):
    text = (files("grammar") / "profiles" / f"{name}.toml").read_text(encoding="utf-8")
    refuse_wrong(name, name, text, default_categories(name, None)[:1])
