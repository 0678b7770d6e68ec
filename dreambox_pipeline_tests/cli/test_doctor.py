"""The doctor: everything is looked at, and no problem hides the next."""

import socket
from pathlib import Path

import pytest

from dreambox_pipeline.cli.doctor import Checkup, examine, print_findings
from dreambox_pipeline.sandbox.testing import running_sandbox
from dreambox_pipeline.settings import Settings


def by_name(found: list[Checkup]) -> dict[str, Checkup]:
    return {checkup.what: checkup for checkup in found}


def test_a_healthy_machine_needs_nothing(tmp_path, console, free_ports):
    """Only what other commands bring may be off."""
    found = examine(Settings(var_dir=tmp_path / "var", clock_url="", **free_ports))

    assert print_findings(found, console)
    assert [c.what for c in found if not c.is_fine] == [
        "fonts (every other script, and emoji)",
        "TikTok account",
    ]
    assert "Everything that is needed is here." in console.export_text()


def test_several_problems_are_listed_at_once_each_with_its_remedy(tmp_path: Path, console):
    """A bad time zone, a var folder that is a file, a taken port, no clock: four remedies."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = Settings(
            var_dir=blocked / "var",
            time_zone="Middle/Earth",
            desk_port=port,
            generator="crayons",
            clock_url="http://127.0.0.1:9/clock",
        )
        found = examine(settings)
    assert not print_findings(found, console)

    said = console.export_text()
    wrong = {c.what for c in found if not c.is_fine}
    expected = {"var folder", "time zone", "secret key", "ledger", "clock", "TikTok account"}
    assert wrong >= expected | {"generator", f"port {port} for the desk"}
    for remedy in (
        "DREAMBOX_VAR_DIR",
        "DREAMBOX_TIME_ZONE",
        "DREAMBOX_DESK_PORT",
        "DREAMBOX_GENERATOR",
    ):
        assert remedy in said
    assert all(c.remedy for c in found if not c.is_fine)
    assert "Missing: " in said


@pytest.mark.parametrize("port", [1, 65_535])
def test_no_port_number_breaks_the_doctor(tmp_path, port):
    """The first and the last there are; what is no port is refused by the settings already."""
    found = by_name(examine(Settings(var_dir=tmp_path, clock_url="", desk_port=port)))

    assert f"port {port} for the desk" in found


def test_a_running_sandbox_is_not_a_taken_port(tmp_path):
    """`dreambox doctor` beside `dreambox up` finds everything in order."""
    with running_sandbox() as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        settings = Settings(
            var_dir=tmp_path, sandbox_port=port, clock_url=sandbox.info["clock_url"]
        )
        found = by_name(examine(settings))

    assert found[f"port {port} for the sandbox"].seen == "running"
    assert found["clock"].is_fine


def test_markup_in_a_setting_is_shown_as_it_is(tmp_path, console):
    """The doctor must survive what it examines."""
    settings = Settings(var_dir=tmp_path, clock_url="", time_zone="[/bold]")
    print_findings(examine(settings), console)

    assert "[/bold]" in console.export_text()


def test_the_video_server_is_looked_at_before_it_is_needed(tmp_path, free_ports):
    """Reached with its key; a wrong key, and a server that is off, are each told with a remedy."""

    def said(base_url: str, key: str) -> Checkup:
        settings = Settings(
            var_dir=tmp_path / "var",
            clock_url="",
            generator="openai_videos",
            video_base_url=base_url,
            video_api_key=key,
            video_model="wan",
            **free_ports,
        )
        return by_name(examine(settings))["generator"]

    with running_sandbox() as sandbox:
        url = sandbox.info["openai_base_url"]
        fine = said(url, sandbox.info["api_key"])
        wrong = said(url, "wrong-key")
    off = said(url, "any")
    assert fine.is_fine
    assert "wan" in fine.seen
    assert not wrong.is_fine
    assert "DREAMBOX_VIDEO_API_KEY" in wrong.remedy
    assert "wrong-key" not in wrong.remedy
    assert not off.is_fine
    assert "server runs" in off.remedy


def test_gemini_is_looked_at_before_it_is_needed(tmp_path, free_ports):
    """It is asked for a job nobody has, which starts nothing; a wrong key is told with a remedy."""

    def said(base_url: str, key: str) -> Checkup:
        settings = Settings(
            var_dir=tmp_path / "var",
            clock_url="",
            generator="gemini_omni",
            gemini_base_url=base_url,
            gemini_api_key=key,
            **free_ports,
        )
        return by_name(examine(settings))["generator"]

    with running_sandbox() as sandbox:
        url = sandbox.info["gemini_base_url"]
        fine = said(url, sandbox.info["api_key"])
        wrong = said(url, "wrong-key")
        assert sandbox.world.state.all("interaction") == []
    off = said(url, "any")
    assert fine.is_fine
    assert "gemini-omni-1.2-flash" in fine.seen
    for bad in (wrong, off, said(url, "")):
        assert not bad.is_fine
    assert "DREAMBOX_GEMINI_API_KEY" in wrong.remedy
    assert "DREAMBOX_GEMINI_BASE_URL" in off.remedy
    assert "wrong-key" not in wrong.remedy


def test_the_moderation_model_is_asked_before_it_is_needed(tmp_path, free_ports):
    """With its key; a wrong key, an unknown name and a server that is off are told with a remedy."""

    def said(name: str, base_url: str, key: str) -> Checkup:
        settings = Settings(
            var_dir=tmp_path / "var",
            clock_url="",
            moderation=name,
            openai_base_url=base_url,
            openai_api_key=key,
            **free_ports,
        )
        return by_name(examine(settings))["moderation"]

    with running_sandbox() as sandbox:
        url = sandbox.info["openai_base_url"]
        fine = said("openai", url, sandbox.info["api_key"])
        wrong = said("openai", url, "wrong-key")
    off = said("openai", url, "any")
    unknown = said("oracle", url, "any")
    assert (fine.is_fine, fine.seen) == (True, "openai")
    assert not wrong.is_fine
    assert "DREAMBOX_OPENAI_API_KEY" in wrong.remedy
    assert "wrong-key" not in wrong.remedy
    assert not off.is_fine
    assert "no answer" in off.remedy
    assert not unknown.is_fine
    assert "none, openai" in unknown.remedy
