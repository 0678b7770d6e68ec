"""Dagster's own state in SQLite and in PostgreSQL: it is still there when the next process opens it."""

import shutil
from pathlib import Path

import dagster as dg
import pytest

from dreambox_pipeline.cli.project import project_root
from dreambox_pipeline_tests.contracts.conftest import new_database, postgres_address

__all__ = ["postgres_address"]


@dg.asset
def kept() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"answer": 42})


@pytest.fixture(params=["sqlite", "postgres"])
def project(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The project's own `dagster.yaml` in a folder of its own, with each of the two databases."""
    shutil.copy(project_root() / "dagster.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DREAMBOX_VAR_DIR", str(tmp_path / "elsewhere"))
    if request.param == "postgres":
        address = new_database(request.getfixturevalue("postgres_address"), "dagster")
        # The short form that people write; dagster-postgres brings psycopg2.
        monkeypatch.setenv(
            "DREAMBOX_DATABASE_URL", address.replace("postgresql+psycopg2://", "postgresql://")
        )
    return tmp_path


def test_a_run_is_remembered_by_the_next_process(project, request):
    """Run one asset, open another instance: its event is there, in the var folder or in no file at all."""
    with dg.DagsterInstance.from_config(str(project)) as instance:
        run_id = dg.materialize([kept], instance=instance).run_id

    with dg.DagsterInstance.from_config(str(project)) as instance:
        run = instance.get_run_by_id(run_id)
        event = instance.get_latest_materialization_event(dg.AssetKey("kept"))
    assert run is not None
    assert run.status is dg.DagsterRunStatus.SUCCESS
    assert event is not None
    assert event.asset_materialization.metadata["answer"].value == 42

    databases = {path.relative_to(project).parts[0] for path in project.rglob("*.db")}
    is_sqlite = request.node.callspec.params["project"] == "sqlite"
    assert databases == ({"elsewhere"} if is_sqlite else set())
