"""The limits hold between real processes, on every database the ledger may live in."""

from itertools import pairwise

import sqlalchemy as sa

from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.tables import request_permits
from dreambox_pipeline_tests.storage import rivals


def test_processes_that_ask_at_once_stay_below_the_limit_together(ledger: Ledger, ledger_url: str):
    """No window holds more than the limit, and none of them is left waiting for longer than needed."""
    processes, requests, limit, window_s = 3, 12, 6, 0.25
    calls = [(ledger_url, requests, limit, window_s)] * processes
    given = sorted(moment for own in rivals.at_once(rivals.take_permits, calls) for moment in own)

    assert len(given) == processes * requests
    gaps = [
        (later - earlier).total_seconds()
        for earlier, later in zip(given, given[limit:], strict=False)
    ]
    assert min(gaps) >= window_s
    # Two permits of one moment would be one row that two processes counted.
    assert all(later > earlier for earlier, later in pairwise(given))
    with ledger.read() as connection:
        rows = connection.scalar(sa.select(sa.func.count()).select_from(request_permits))
    assert rows is not None
    assert rows <= 2 * limit + 2
