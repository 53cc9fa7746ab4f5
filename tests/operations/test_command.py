"""The `wracam` command: help for every verb, exit codes, and where each setting came from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.operations.running import Installation
from wracam.config import cli
from wracam.foundation.configuration import MASK


def origin(place: Path, name: str, *words: str, **environment: str) -> tuple[str, str]:
    done = Installation(place / "data").wracam("config", name, "--json", *words, **environment)
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)
    return row["value"], row["origin"]


def test_every_layer_overrules_the_one_below(place: Path):
    assert origin(place, "port") == ("8800", "default")

    (place / "wracam.toml").write_text("port = 8001\n")
    assert origin(place, "port") == ("8001", str(place / "wracam.toml"))
    assert origin(place, "port", WRACAM_PORT="8002") == ("8002", "WRACAM_PORT")
    assert origin(place, "data_folder", WRACAM_DATA_FOLDER="elsewhere") == (str(place / "data"), "flag")


def test_secrets_come_from_files_and_are_never_shown(place: Path):
    (place / "key").write_text("very secret\n")

    assert origin(place, "secret_key", WRACAM_SECRET_KEY_FILE=str(place / "key")) == (MASK, "WRACAM_SECRET_KEY_FILE")
    assert origin(place, "database_url", DATABASE_URL="postgresql://ania:secret@db/x") == (MASK, "DATABASE_URL")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("prot = 1", "sets 'prot', which is no setting"),
        ("port = 'many'", "not a int"),
        ("port = ", "cannot be read"),
        ("debug = 'perhaps'", "write true or false"),
    ],
)
def test_a_wrong_setting_is_one_sentence_and_exit_code_1(place: Path, text: str, sentence: str):
    (place / "wracam.toml").write_text(text + "\n")

    done = Installation(place / "data").wracam("config")

    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_secret_file_that_is_not_there_is_named(place: Path):
    done = Installation(place / "data").wracam("config", WRACAM_SECRET_KEY_FILE="/nowhere/key")

    assert done.returncode == 1
    assert "WRACAM_SECRET_KEY_FILE names /nowhere/key, which cannot be read" in done.stderr


@pytest.mark.parametrize("verb", sorted(cli.commands()))
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        cli.main([verb, "--help"])

    assert ended.value.code == 0
    assert len(capsys.readouterr().out) > 100


def test_an_unknown_verb_is_exit_code_2():
    with pytest.raises(SystemExit) as ended:
        cli.main(["frobnicate"])

    assert ended.value.code == 2


def test_nothing_is_done_to_a_folder_that_is_not_ours(place: Path):
    (place / "data").mkdir()
    (place / "data" / "letter.txt").write_text("Dear Ania")

    refused = Installation(place / "data").wracam("init")

    assert refused.returncode == 1
    assert "is not empty and no Wracam data folder" in refused.stderr
    assert [path.name for path in (place / "data").iterdir()] == ["letter.txt"]


def test_init_twice_changes_nothing_and_prints_the_link_once(place: Path):
    installation = Installation(place / "data")

    first, second = installation.wracam("init"), installation.wracam("init")
    third = installation.wracam("init", "--new-link")

    assert first.returncode == second.returncode == third.returncode == 0, first.stderr + second.stderr
    assert "token=" in first.stdout
    assert "token=" not in second.stdout
    assert "token=" in third.stdout
    token = first.stdout.partition("token=")[2].split()[0]
    assert not any(token.encode() in path.read_bytes() for path in installation.folder.rglob("*") if path.is_file())


def test_a_newer_data_folder_is_left_alone(place: Path):
    installation = Installation(place / "data")
    installation.folder.mkdir(mode=0o700)
    (installation.folder / "secret_key").write_text("key")
    (installation.folder / "format.json").write_text('{"format": 99}')

    for verb in ("init", "up", "backup", "migrate"):
        refused = installation.wracam(verb)
        assert refused.returncode == 1
        assert "written by a newer Wracam" in refused.stderr
