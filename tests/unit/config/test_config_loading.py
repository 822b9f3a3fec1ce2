"""A file becomes settings, or complaints that a part-time administrator can act on."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mailguard.config import Settings, load, load_with_advice
from mailguard.config.document import read_document
from mailguard.config.sentences import section_at
from mailguard.errors import ConfigurationError

GOOD = """\
office:
  domains: [example.jp]
  hostname: relay.example.jp
listeners:
  - {name: trusted, host: 127.0.0.1, port: 2525, tls: none, auth: none}
sources:
  - name: scanner
    networks: [192.0.2.64/28]
    owner: soumu@example.jp
    allowed_senders: [scanner@example.jp]
delivery:
  next_hop:
    host: smtp.example.jp
    tls: off
"""
GOOD_LINES = len(GOOD.splitlines())


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "mailguard.yaml"
    path.write_text(GOOD)
    path.chmod(0o600)
    return path


def complaints(path: Path, **environ: str) -> list[str]:
    """What is wrong, without the folder's name."""
    with pytest.raises(ConfigurationError) as caught:
        load(path, environ)
    return [line.replace(f"{path.parent}/", "") for line in caught.value.complaints]


def test_load_good_file_gives_settings_with_defaults(config: Path) -> None:
    """What the file says is in force, and everything it leaves out has its default."""
    settings = load(config, {})

    assert settings.office.domains == ["example.jp"]
    assert settings.delivery.next_hop.port == 25
    assert settings.hold.minutes == 5


def test_load_off_without_quotes_stays_a_word(config: Path) -> None:
    """`tls: off` is the word off, not a truth value, so nobody has to know about YAML 1.1."""
    assert load(config, {}).delivery.next_hop.tls == "off"


@pytest.mark.parametrize(
    ("addition", "expected"),
    [
        pytest.param(
            "hold:\n  minuts: 5\n",
            f"mailguard.yaml:{GOOD_LINES + 2}: hold.minuts is unknown; did you mean 'minutes'?",
            id="typing error in a key",
        ),
        pytest.param(
            "hold:\n  postmaster: a@example.jp\n",
            f"mailguard.yaml:{GOOD_LINES + 2}: hold.postmaster is unknown here; it belongs below 'office:'",
            id="key in the wrong section",
        ),
        pytest.param(
            "holds:\n  minutes: 5\n",
            f"mailguard.yaml:{GOOD_LINES + 1}: holds is unknown; did you mean 'hold'?",
            id="typing error in a section",
        ),
        pytest.param(
            "hold:\n  minutes: five\n",
            f"mailguard.yaml:{GOOD_LINES + 2}: hold.minutes must be a number (it is 'five')",
            id="word instead of a number",
        ),
        pytest.param(
            "hold:\n  minutes:\n",
            f"mailguard.yaml:{GOOD_LINES + 2}: hold.minutes is empty",
            id="nothing instead of a number",
        ),
        pytest.param(
            "web:\n  port: 70000\n",
            f"mailguard.yaml:{GOOD_LINES + 2}: web.port must be at most 65535 (it is '70000')",
            id="number out of range",
        ),
        pytest.param(
            "log:\n  level: infos\n",
            f"mailguard.yaml:{GOOD_LINES + 2}: log.level must be debug, info, warning or error;"
            " did you mean 'info'? (it is 'infos')",
            id="word that is no choice",
        ),
        pytest.param(
            "hold: 5\n",
            f"mailguard.yaml:{GOOD_LINES + 1}: hold must be a section:"
            " its settings follow on lines of their own, indented (it is '5')",
            id="value instead of a section",
        ),
        pytest.param(
            "hold:\n  minutes: 5\n  minutes: 6\n",
            f"mailguard.yaml:{GOOD_LINES + 3}: hold.minutes is set twice; the first time in line {GOOD_LINES + 2}",
            id="key set twice",
        ),
        pytest.param(
            "hold:\n\tminutes: 5\n",
            f"mailguard.yaml:{GOOD_LINES + 2}: there is a tab character; YAML wants blanks for indentation",
            id="tab",
        ),
        pytest.param(
            "hold: minutes: 5\n",
            f"mailguard.yaml:{GOOD_LINES + 1}: this line is indented wrongly,"
            " or a value with a colon in it needs quotes",
            id="section and key on one line",
        ),
        pytest.param(
            "hold: !!python/object:os.system 5\n",
            f"mailguard.yaml:{GOOD_LINES + 1}: words that begin with '!' mean something special in YAML;"
            " put the value in quotes",
            id="YAML tag",
        ),
        pytest.param(
            "---\nhold: {}\n",
            f"mailguard.yaml:{GOOD_LINES + 1}: a line '---' begins a second document; the settings are one document",
            id="second document",
        ),
    ],
)
def test_load_wrong_line_complains_with_line_and_sentence(config: Path, addition: str, expected: str) -> None:
    """Whatever I write wrongly, I am told the line and what to do, in words I understand."""
    config.write_text(GOOD + addition)

    assert [expected] == complaints(config)


def test_load_wrong_entry_of_a_list_names_the_entry(config: Path) -> None:
    """In a list I am told which entry is wrong, counted from one, and what I probably meant."""
    config.write_text(GOOD.replace("192.0.2.64/28", "192.0.2.65/28"))

    assert [
        "mailguard.yaml:8: sources, entry 1, networks, entry 1 must be an address or a network such as 192.0.2.10 or"
        " 192.0.2.0/24; did you mean '192.0.2.64/28'? (it is '192.0.2.65/28')"
    ] == complaints(config)


def test_load_several_mistakes_are_all_told_at_once(config: Path) -> None:
    """I do not have to start the service once for each mistake."""
    config.write_text(GOOD + "hold:\n  minutes: five\nweb:\n  prot: 1\n")

    assert len(complaints(config)) == 2


def test_load_missing_next_hop_names_what_is_missing(config: Path) -> None:
    """A file that forgets what has no default says what."""
    config.write_text(GOOD.replace("    host: smtp.example.jp\n", ""))

    assert ["mailguard.yaml:12: delivery.next_hop.host is missing and has no default"] == complaints(config)


def test_load_head_line_without_settings_means_defaults(config: Path) -> None:
    """A section whose lines are all commented out is a section with its defaults."""
    config.write_text(GOOD + "limits:\n  #recipients: 5\n")

    assert load(config, {}).limits.recipients == 1000


def test_load_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    """Without a configuration I am told how to make one."""
    assert ["none.yaml: there is no such file; 'mailguard setup' writes one"] == complaints(tmp_path / "none.yaml")


def test_load_other_encoding_names_the_line(config: Path) -> None:
    """A file saved as Shift_JIS is refused with the line of the first Japanese word."""
    config.write_bytes(GOOD.encode() + "web:\n  host: 例\n".encode("cp932"))

    assert [f"mailguard.yaml:{GOOD_LINES + 2}: the file must be saved as UTF-8"] == complaints(config)


def test_load_alias_in_itself_ends_with_a_complaint(config: Path) -> None:
    """A file that contains itself does not hang the start."""
    config.write_text(GOOD + "hold: &a\n  minutes: *a\n")

    assert ["nested too deeply" in line for line in complaints(config)] == [True]


def test_load_without_path_takes_the_environments(config: Path) -> None:
    """MAILGUARD_CONFIG says which file is meant where nobody says it on the command line."""
    assert load(None, {"MAILGUARD_CONFIG": str(config)}).office.hostname == "relay.example.jp"


def test_load_relative_paths_start_at_the_file(config: Path) -> None:
    """A path in the file means the same wherever I start the service from."""
    config.write_text(GOOD + "storage:\n  directory: data\n")

    assert load(config, {}).storage.directory == config.parent / "data"


# -- environment


def test_environment_wins_over_the_file(config: Path) -> None:
    """In a container I change a setting without another file."""
    config.write_text(GOOD + "hold:\n  minutes: 5\n  grace_seconds: 4\n")

    hold = load(config, {"MAILGUARD_HOLD__MINUTES": "10"}).hold

    assert (hold.minutes, hold.grace_seconds) == (10.0, 4.0)


@pytest.mark.parametrize(
    "text", ['["example.com", "example.net"]', "[example.com, example.net]", "- example.com\n- example.net"]
)
def test_environment_list_is_json_or_yaml(config: Path, text: str) -> None:
    """Lists are written as JSON or YAML and replace the file's list whole."""
    assert load(config, {"MAILGUARD_OFFICE__DOMAINS": text}).office.domains == ["example.com", "example.net"]


def test_environment_nested_key_reaches_its_place(config: Path) -> None:
    """Deep settings are reached with more underscores, and the rest of their section stays."""
    hop = load(config, {"MAILGUARD_DELIVERY__NEXT_HOP__PORT": "2526"}).delivery.next_hop

    assert (hop.host, hop.port) == ("smtp.example.jp", 2526)


def test_environment_text_of_digits_stays_text(config: Path) -> None:
    """An office called 119 can be named in the environment."""
    assert load(config, {"MAILGUARD_OFFICE__NAME": "119"}).office.name == "119"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param("HOLD__MINUTES", "x", "hold.minutes must be a number (it is 'x')", id="type"),
        pytest.param("HOLD__MINUTS", "1", "hold.minuts is unknown; did you mean 'minutes'?", id="key"),
        pytest.param("HOLT__MINUTES", "1", "there is no section 'holt'; did you mean 'hold'?", id="section"),
        pytest.param("OFFICE__DOMAINS", "[a", "office cannot be read from this; write lists as [a, b]", id="list"),
    ],
)
def test_environment_mistake_names_the_variable(config: Path, name: str, value: str, expected: str) -> None:
    """A mistake in the environment is not looked for in the file."""
    assert [f"MAILGUARD_{name}: {expected}"] == complaints(config, **{f"MAILGUARD_{name}": value})


# -- secrets


def with_password(text: str) -> str:
    return GOOD.replace("tls: off", f"tls: required\n    auth: plain\n    username: relay\n    {text}")


def test_secret_file_is_read(config: Path) -> None:
    """The password stands in a file of its own; the line end after it is not part of it."""
    secret = config.parent / "hop.password"
    secret.write_text("correct horse\n")
    secret.chmod(0o600)
    config.write_text(with_password("password_file: hop.password"))

    found = load(config, {}).delivery.next_hop.password

    assert found is not None
    assert found.get_secret_value() == "correct horse"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_secret_file_others_may_read_is_refused(config: Path, mode: int) -> None:
    """A password that colleagues on the machine could read stops the start."""
    secret = config.parent / "hop.password"
    secret.write_text("correct horse\n")
    secret.chmod(mode)
    config.write_text(with_password("password_file: hop.password"))

    assert [
        "mailguard.yaml:17: delivery.next_hop.password_file names a file that others may read"
        f" (mode {mode:04o}): hop.password; chmod 600, owned by the service"
    ] == complaints(config)


def test_secret_file_of_systemd_may_show_group_bits(config: Path) -> None:
    """A credential handed over by systemd is accepted although its mode shows the access list's mask."""
    credentials = config.parent / "credentials"
    credentials.mkdir()
    secret = credentials / "hop"
    secret.write_text("correct horse")
    secret.chmod(0o440)
    config.write_text(with_password(f"password_file: {secret}"))

    assert load(config, {"CREDENTIALS_DIRECTORY": str(credentials)}).delivery.next_hop.password is not None


def test_secret_file_missing_complains_once(config: Path) -> None:
    """A wrong file name is one complaint, not also that the password is missing."""
    config.write_text(with_password("password_file: nowhere"))

    assert ["mailguard.yaml:17: delivery.next_hop.password_file names a file that cannot be opened: nowhere"
            " (No such file or directory)"] == complaints(config)  # fmt: skip


def test_secret_inline_in_a_public_file_is_refused(config: Path) -> None:
    """A password in a configuration that everybody may read stops the start, and is not repeated."""
    config.write_text(with_password("password: hunter2-hunter2"))
    config.chmod(0o644)

    found = complaints(config)

    assert len(found) == 1
    assert found[0].startswith("mailguard.yaml:17: delivery.next_hop.password stands in a file that everybody may read")
    assert "hunter2" not in found[0]


def test_secret_of_wrong_type_is_not_repeated(config: Path) -> None:
    """A complaint about a password does not show it."""
    config.write_text(with_password("password: 12345678"))

    found = complaints(config)

    assert found == ["mailguard.yaml:17: delivery.next_hop.password must be text; put it in quotes"]


def test_database_url_comes_from_a_file(config: Path) -> None:
    """The password of the database need not stand in the configuration."""
    secret = config.parent / "database.url"
    secret.write_text("postgresql+psycopg://mailguard:secret@db.example.jp/mailguard")
    secret.chmod(0o600)
    config.write_text(GOOD + "storage: {database_file: database.url}\n")

    assert load(config, {}).storage.database == "postgresql+psycopg://mailguard:secret@db.example.jp/mailguard"


# -- the sample


def every_key(section: type[object] = Settings, place: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    keys: list[tuple[str, ...]] = []
    for name in section.model_fields:  # type: ignore[attr-defined]
        inner = section_at((*place, name))
        keys += [(*place, name)] if inner is None else every_key(inner, (*place, name))
    return keys


@pytest.mark.parametrize("place", every_key(), ids=".".join)
def test_sample_names_every_setting(place: tuple[str, ...]) -> None:
    """Every setting there is stands in the annotated sample."""
    sample = (Path(__file__).resolve().parents[3] / "deploy" / "mailguard.sample.yaml").read_text()

    assert f"{place[-1]}:" in sample


def test_sample_has_only_known_settings(tmp_path: Path) -> None:
    """The sample, its certificate and password apart, is a configuration the service starts with."""
    sample = yaml.safe_load((Path(__file__).resolve().parents[3] / "deploy" / "mailguard.sample.yaml").read_text())
    good = yaml.safe_load(GOOD)
    sample["delivery"]["next_hop"] = {"host": "smtp.example.jp"}
    del sample["tls"]
    path = tmp_path / "mailguard.yaml"
    path.write_text(yaml.safe_dump(sample | {"listeners": good["listeners"], "sources": good["sources"]}))

    assert ["example.jp"] == load_with_advice(path, {}).settings.office.domains


BOMB = "\n".join(
    f"a{number}: &a{number} [{', '.join(['x'] * 10 if number == 0 else [f'*a{number - 1}'] * 10)}]"
    for number in range(9)
)
HOSTILE = [
    pytest.param(BOMB, "by aliases perhaps", id="aliases"),
    pytest.param("a: " + "[" * 5000, "nested too deeply", id="depth"),
    pytest.param("a: " + "9" * 5000, "far too large", id="digits"),
]


@pytest.mark.parametrize(("text", "complaint"), HOSTILE)
def test_hostile_file_is_a_complaint_at_once(text: str, complaint: str) -> None:
    """A file made to stop whoever reads it is refused like any other mistake."""
    assert any(complaint in sentence for _, sentence in read_document(text).complaints)
