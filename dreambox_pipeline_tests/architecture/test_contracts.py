"""The import contracts hold; `make check` runs them too, this makes `make test` enough."""

from importlinter.cli import lint_imports


def test_import_contracts_are_kept() -> None:
    """Dagster at the edge, the flow in order, the sandbox apart from its client."""
    assert lint_imports(no_cache=True) == 0
