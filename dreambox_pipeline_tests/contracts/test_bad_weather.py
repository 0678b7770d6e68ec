"""The short campaign of `bench.chaos` with its ledger on PostgreSQL, where writers do not wait in a row."""

import uuid

from bench.chaos_harness.fates import Plan
from bench.chaos_harness.running import run
from dreambox_pipeline_tests.contracts.conftest import new_database


def test_no_post_is_doubled_and_none_is_lost_on_postgresql(postgres_address):
    """Here two workers really write at once, so claims and limits rest on locks and not on a queue."""
    url = new_database(postgres_address, f"chaos_{uuid.uuid4().hex[:8]}")

    found = run(Plan(seed=4519, posts=14, database_url=url))

    assert found.faults_found == []
    assert found.counts["refused by limits"] == 0
    assert found.ends.total() == 14
    assert found.ends["published"] >= 5
