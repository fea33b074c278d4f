"""The settings: three places in their order, and every mistake told at once."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from appliance.config import DEFAULT_HOME, Config, read_config
from appliance.domain.errors import Mistake
from appliance.domain.wording import Language


def settings(home: Path, text: str, environment: Mapping[str, str] | None = None) -> Config:
    (home / "kluis.toml").write_text(text)
    return read_config(home, environment or {})


def refused(home: Path, text: str) -> str:
    with pytest.raises(Mistake) as problem:
        settings(home, text)
    assert problem.value.key in ("config:bad", "config:unreadable")
    return problem.value.message


def test_without_a_file_everything_is_built_in(tmp_path: Path) -> None:
    config = read_config(tmp_path, {})
    assert config.machine_key == tmp_path / "machine.key"
    assert config.models == tmp_path / "models"
    assert config.cache == tmp_path / "packages"
    assert (config.zone, config.language) == (ZoneInfo("Europe/Amsterdam"), Language.DUTCH)
    assert (config.port, config.organisation, config.credit) == (8787, "Portretkluis", "")
    assert config.workers >= 1
    for place in (config.database, config.keyring, config.files, config.queue):
        assert place.parent == tmp_path


def test_the_file_says_otherwise(tmp_path: Path) -> None:
    config = settings(
        tmp_path,
        """
        machine_key = "/run/credentials/machine.key"
        models = "networks"
        zone = "America/Curacao"
        organisation = "Gemeente Kluisdam"
        credit = "Foto: Kluisdam"
        language = "en"
        workers = 3
        port = 443
        import_roots = ["/srv/cards"]
        hosts = ["kluis.example.org"]
        """,
    )
    assert config.machine_key == Path("/run/credentials/machine.key")
    assert config.models == tmp_path / "networks"
    assert config.zone == ZoneInfo("America/Curacao")
    assert (config.organisation, config.credit) == ("Gemeente Kluisdam", "Foto: Kluisdam")
    assert (config.language, config.workers, config.port) == (Language.ENGLISH, 3, 443)
    assert config.import_roots == (Path("/srv/cards"),)
    assert config.hosts == ("kluis.example.org",)


def test_the_environment_has_the_last_word_about_places(tmp_path: Path) -> None:
    environment = {"KLUIS_MACHINE_KEY": "/a/key", "KLUIS_MODELS": "/b", "KLUIS_CACHE": "/c"}
    config = settings(tmp_path, 'models = "networks"\nmachine_key = "x"\ncache = "y"', environment)
    assert (config.machine_key, config.models, config.cache) == (Path("/a/key"), Path("/b"), Path("/c"))


@pytest.mark.parametrize(
    ("given", "environment", "home"),
    [
        ("/one", {"KLUIS_HOME": "/two"}, Path("/one")),
        (None, {"KLUIS_HOME": "/two"}, Path("/two")),
        (None, {"KLUIS_HOME": ""}, DEFAULT_HOME),  # and not the folder that one happens to be in
        (None, {}, DEFAULT_HOME),
    ],
)
def test_the_data_directory_is_given_or_of_the_environment_or_the_usual(
    given: str | None, environment: dict[str, str], home: Path
) -> None:
    assert read_config(Path(given) if given else None, environment).home == home


def test_a_relative_data_directory_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_config(Path("home"), {}).home == tmp_path / "home"


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    told = refused(
        tmp_path,
        """
        models = 3
        zone = "Mars/Olympus"
        organisation = 1
        credit = "a\\u0007b"
        language = "fr"
        workers = 0
        port = "http"
        import_roots = "/media"
        hosts = [1, 2]
        colour = "red"
        size = 3
        """,
    )
    assert told.startswith("In kluis.toml: ")
    for mistake in (
        "models must be a path",
        "zone is not a time zone",
        "organisation must be text",
        "credit must be text",
        "language must be nl or en",
        "workers must be a number from 1 to 16",
        "port must be a number from 1 to 65535",
        "import_roots must be a list of texts",
        "hosts must be a list of texts",
        "colour is not a setting",
        "size is not a setting",
    ):
        assert mistake in told
    assert told.count(";") == 10


@pytest.mark.parametrize(
    "line",
    [
        "port = 0",
        "port = 65536",
        "port = true",
        "port = 80.5",
        "workers = 17",
        'zone = ""',
        "zone = 3",
        'zone = "../x"',
    ],
)
def test_a_value_out_of_range_is_a_mistake(tmp_path: Path, line: str) -> None:
    assert line.partition(" ")[0] in refused(tmp_path, line)


@pytest.mark.parametrize("text", ["port = ", "port = 1\nport = 2", "\x00"])
def test_a_file_that_is_no_toml_is_a_mistake(tmp_path: Path, text: str) -> None:
    assert "kluis.toml cannot be read" in refused(tmp_path, text)


def test_a_file_that_is_no_text_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "kluis.toml").write_bytes(b'credit = "\xff"')
    with pytest.raises(Mistake) as problem:
        read_config(tmp_path, {})
    assert problem.value.key == "config:unreadable"
