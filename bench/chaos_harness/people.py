"""What people do meanwhile: take a dream back, pause posting, post what waits for hands, and look."""

from datetime import datetime
from random import Random

import httpx
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bench.chaos_harness import verdict
from bench.chaos_harness.fates import Fate
from bench.chaos_harness.lives import Told
from bench.chaos_harness.rows import Seeded
from bench.chaos_harness.site import Site
from dreambox_pipeline.desk.errors import Refusal
from dreambox_pipeline.desk.settling import SettlementForm, settle
from dreambox_pipeline.media.kits import find_kit
from dreambox_pipeline.stages.posts.model import PublicationState, Route
from dreambox_pipeline.stages.posts.publishing import PERSON_AFTER
from dreambox_pipeline.storage.ledger import attempts, post_tasks, publications, switches
from dreambox_pipeline.storage.ledger.decisions import withdraw
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.storage.tables import publish_attempts

S = PublicationState
LOOKED_AT = 30
"""Of the rows that are due; a dreamer takes back what would go out next."""
LINK = "https://www.tiktok.com/@dreambox.tales/video/"


class People:
    """Dreamers, and one person at the desk. What they did is kept in *told*."""

    def __init__(self, site: Site, fates: dict[int, Fate], told: Told) -> None:
        self._site, self._fates, self._told = site, fates, told
        self._ledger = site.ledger
        self._rows = {row.publication_id: row for row in site.seeded}

    # Dreamers

    def take_back(self, dice: Random, *, by: str) -> None:
        """Take back some of what is due next: a run reads it, or the comment is deleted."""
        now = self._site.clock()
        with self._ledger.read() as connection:
            near = publications.due(connection, now=now)[:LOOKED_AT]
        for row in near:
            seeded = self._rows[row.publication_id]
            if self._fates[seeded.number].taken_back != by:
                continue
            # A comment is deleted before anybody works; a withdrawal is written down while they do.
            if seeded.number not in self._told.taken_back and (
                by == "comment" or dice.random() >= 0.5
            ):
                self._withdraw(seeded, by, now)

    def _withdraw(self, row: Seeded, by: str, now: datetime) -> None:
        with self._ledger.write() as connection:
            newest = publications.get(connection, row.publication_id)
            if newest is None or newest.state is not S.PLANNED:
                return
            if attempts.of_publication(connection, row.publication_id):
                # An earlier attempt may be out already.
                return
            if by == "ledger":
                withdraw(connection, row.dream_id, row.comment_id, why="withdrawn", now=now)
        if by == "comment":
            self._site.ask("POST", f"/__sandbox__/comments/{row.comment_id}/delete")
        self._told.taken_back.add(row.number)
        self._told.counts["withdrawals"] += 1

    # The switch

    def pause(self) -> int:
        """Stop all posting; returns how many claims there were until then."""
        with self._ledger.write() as connection:
            switches.pause_posting(connection, reason="chaos", by="mia", now=self._site.clock())
            claimed = _claims(connection)
        self._told.counts["pauses"] += 1
        return claimed

    def resume(self, before: int, number: int) -> None:
        """Go on; whoever claimed meanwhile did what was forbidden."""
        with self._ledger.write() as connection:
            claimed = _claims(connection) - before
            switches.resume_posting(connection, by="mia", now=self._site.clock())
        if claimed:
            self._told.breaches.append(f"{claimed} claims in round {number}, which was paused")

    # The person whom the desk asks

    def do_tasks(self, dice: Random) -> None:
        """Post some of the drafts and kits by hand, and look for what nobody knows of."""
        with self._ledger.read() as connection:
            waiting = [
                (row, post_tasks.is_asked(connection, row.publication_id))
                for row in publications.in_flight(connection)
                if row.state is S.UNCONFIRMED
            ]
        for row, is_asked in waiting:
            fate = self._fates[self._rows[row.publication_id].number]
            if dice.random() >= 0.3:
                continue
            if is_asked and fate.taken_back == "late":
                self._call_back(row)
            elif is_asked and fate.person:
                self._by_hand(row, fate)
            elif fate.person == "posts" and not row.sent_by.needs_person:
                self._look(row)

    def _call_back(self, row: PublicationRow) -> None:
        """The dreamer takes the dream back while a draft or a kit of it waits."""
        seeded, now = self._rows[row.publication_id], self._site.clock()
        with self._ledger.write() as connection:
            if post_tasks.is_asked(connection, row.publication_id):
                withdraw(connection, seeded.dream_id, seeded.comment_id, why="withdrawn", now=now)
                self._told.called_back.add(seeded.number)
                self._told.counts["withdrawals"] += 1

    def _by_hand(self, row: PublicationRow, fate: Fate) -> None:
        if row.sent_by is Route.MANUAL_KIT and fate.person == "denies":
            self._told.denied.add(self._rows[row.publication_id].number)
            self._settle(row, S.FAILED)
        elif fate.person == "posts":
            is_kit = row.sent_by is Route.MANUAL_KIT
            post_id = self._post_kit(row) if is_kit else self._post_draft(row)
            if post_id:
                self._told.counts["posted by hand"] += 1
                self._settle(row, S.PUBLISHED, post_id)

    def _post_kit(self, row: PublicationRow) -> str:
        folder = find_kit(self._site.settings.kits_dir, row.publication_id)
        if folder is None:
            self._told.bugs.append(
                f"{row.publication_id}: a person is asked to post a kit that is gone"
            )
            return ""
        caption = (folder / "caption.txt").read_text()
        made = self._site.wish("by_hand", video=str(folder / "video.mp4"), caption=caption)
        return str(made["post_id"])

    def _post_draft(self, row: PublicationRow) -> str:
        try:
            labelled = {"is_ai_generated": True}
            self._site.ask("POST", f"/__sandbox__/drafts/{row.publish_id}/post", json=labelled)
        except httpx.HTTPStatusError:
            # The inbox does not show it yet.
            return ""
        posts = self._site.truth()["posts"]
        return next(str(one["post_id"]) for one in posts if one["publish_id"] == row.publish_id)

    def _look(self, row: PublicationRow) -> None:
        """Nobody knows whether it is out: after two days a person opens the account."""
        if self._site.clock() - row.updated_at < PERSON_AFTER:
            return
        number = self._rows[row.publication_id].number
        posts = verdict.posts_by_number(self._site.seeded, self._site.truth()["posts"])
        found = [str(one["post_id"]) for one in posts.get(number, []) if "post_id" in one]
        self._told.counts["looked up by a person"] += 1
        self._settle(row, S.PUBLISHED if found else S.FAILED, *found[:1])

    def _settle(self, row: PublicationRow, to: PublicationState, post_id: str = "") -> None:
        link = f"{LINK}{post_id}" if post_id else ""
        form = SettlementForm(seen=row.state, to=to, post_id=link, ai_label=True, reviewer="mia")
        try:
            with self._ledger.write() as connection:
                settle(connection, row.render_id, form, self._site.clock())
        except Refusal:
            self._told.counts["settled by a program first"] += 1


def _claims(connection: Connection) -> int:
    counted = sa.select(sa.func.count()).select_from(publish_attempts)
    return int(connection.scalar(counted) or 0)
