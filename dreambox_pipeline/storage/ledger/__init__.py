"""The ledger: rows that change, one module per noun of the flow.

`Ledger` opens transactions; the modules beside it hold the statements. A function here takes
an open connection, so its caller decides what commits together.
"""

from dreambox_pipeline.storage.ledger.ledger import Ledger

__all__ = ["Ledger"]
