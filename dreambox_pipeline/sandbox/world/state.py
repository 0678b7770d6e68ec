"""What the seed cannot tell: everything clients did, in one SQLite file.

Tokens, replies, publications, deletions, webhook registrations, model jobs and the clock are
JSON documents by kind and key. A write is committed before the answer that acknowledges it
leaves, so a killed process loses nothing it promised. Without a path the state lives in
memory and ends with the process.
"""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from threading import RLock
from typing import Any

from dreambox_pipeline.errors import StopError

Document = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, key)
)
"""
_UPSERT = """
INSERT INTO records (kind, key, body) VALUES (?, ?, ?)
ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body
"""


class StateFile:
    """Documents by kind and key, in the order they were first written.

    Args:
        path: The state file; its folder is made when missing. None keeps everything in memory.

    Raises:
        StopError: The file cannot be opened or is not a state file.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = RLock()
        self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        try:
            if self._path is not None:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path or ":memory:", check_same_thread=False)
            # WAL with NORMAL: a killed process loses nothing; only a power cut could.
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(_SCHEMA)
            connection.commit()
        except (sqlite3.Error, OSError) as error:
            raise StopError(
                f"Opened the sandbox state {self._path} and got: {error}. "
                "Delete that file to begin a new world, or name another one."
            ) from error
        return connection

    def put(self, kind: str, key: str, body: Document) -> None:
        """Writes one document, replacing an earlier one of the same key."""
        self.put_many(kind, [(key, body)])

    def put_many(self, kind: str, documents: Iterable[tuple[str, Document]]) -> None:
        """Writes all *documents* or none."""
        rows = [(kind, key, json.dumps(body, ensure_ascii=False)) for key, body in documents]
        with self._lock, self._connection:
            self._connection.executemany(_UPSERT, rows)

    def get(self, kind: str, key: str) -> Document | None:
        """The document of *kind* under *key*, or None."""
        query = "SELECT body FROM records WHERE kind = ? AND key = ?"
        with self._lock:
            row = self._connection.execute(query, (kind, key)).fetchone()
        return None if row is None else json.loads(row[0])

    def all(self, kind: str) -> list[tuple[str, Document]]:
        """All documents of *kind*, oldest first."""
        query = "SELECT key, body FROM records WHERE kind = ? ORDER BY seq"
        with self._lock:
            rows = self._connection.execute(query, (kind,)).fetchall()
        return [(key, json.loads(body)) for key, body in rows]

    def remove(self, kind: str, key: str) -> None:
        """Removes a document; a missing one is no error."""
        with self._lock, self._connection:
            self._connection.execute("DELETE FROM records WHERE kind = ? AND key = ?", (kind, key))

    def close(self) -> None:
        """Closes the file. Nothing more can be read or written."""
        with self._lock:
            self._connection.close()
