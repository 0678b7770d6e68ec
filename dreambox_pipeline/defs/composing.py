"""One dream's prompt: style, words, safety, and its row.

    ledger -> style (the series', or a drawn one) -> our words -> the writer's -> rules -> moderation -> ledger

The writer and the moderation model are asked outside of any transaction, because they may take
seconds and nobody else could write meanwhile. What changed while they thought is seen at the end.
"""

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.safety.model import Screening, ScreeningAction
from dreambox_pipeline.safety.moderation import Moderator, judged
from dreambox_pipeline.stages.dreams.model import DreamReport
from dreambox_pipeline.stages.prompts.composition import (
    TEMPLATE_VERSION,
    choose_style,
    compose_prompt,
    prompt_id_for,
)
from dreambox_pipeline.stages.prompts.model import StylePolicy, VideoPrompt
from dreambox_pipeline.stages.prompts.rendering import shown, to_prose
from dreambox_pipeline.stages.prompts.styles import STYLES, Style
from dreambox_pipeline.stages.prompts.writer import PromptWriter, Written
from dreambox_pipeline.storage.ledger import Ledger, policies, prompts, series
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.ledger.series import Series

MAX_DRAWS = 100
"""Enough for a style with a few per cent of the odds to come up."""

GIVE_UP_AFTER = 3
"""Dreams in a row that had to wait, after which the rest is not tried: somebody is gone."""


class GoneError(TransientError):
    """The writer, the moderation model or the ledger does not answer, for no dream."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A stored prompt, as a run reports it."""

    prompt_id: str
    prompt: VideoPrompt
    written: Written
    screening: Screening
    series: Series | None

    def row(self) -> Mapping[str, object]:
        """For a table a person reads; nothing of it is a dreamer's word."""
        prompt, screening = self.prompt, self.screening
        return {
            "prompt": self.prompt_id,
            "style": prompt.style_id,
            "series": self.series.name if self.series else "",
            "setting": prompt.setting.value,
            "motifs": ", ".join(prompt.motifs),
            "writer": self.written.writer,
            "screening": ": ".join(filter(None, (screening.action, ", ".join(screening.reasons)))),
        }


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a prompt is made of, as the ledger had it."""

    report: DreamReport
    style: Style
    series: Series | None
    policy_version: int
    used: frozenset[str]

    @property
    def prompt_id(self) -> str:
        series_id = self.series.series_id if self.series else None
        return prompt_id_for(self.report.dream_id, self.style.style_id, TEMPLATE_VERSION, series_id)


class Composer:
    """Makes prompts.

    Args:
        ledger: Where dreams come from and prompts go.
        writer: Words them.
        moderator: Looks at the words besides our own rules.
        clock: The time.
        duration_s: Length of the clips, in seconds.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        writer: PromptWriter,
        moderator: Moderator,
        clock: Clock,
        duration_s: float,
    ) -> None:
        self._ledger = ledger
        self._writer = writer
        self._moderator = moderator
        self._clock = clock
        self._duration_s = duration_s
        self._missed = 0

    def compose(self, dream_id: str) -> Composed:
        """Make and store the prompt of one dream.

        Raises:
            ItemError: The dream is gone, or there is no prompt to be made of it.
            TransientError: The writer or the moderation model did not answer; nothing was stored.
            GoneError: The same for the third dream in a row.
            StopError: Their key or address is wrong, or the series' style is gone.
        """
        try:
            composed = self._compose(dream_id)
        except TransientError as error:
            self._missed += 1
            if self._missed < GIVE_UP_AFTER:
                raise
            raise GoneError(
                f"{self._missed} dreams in a row had to wait, the others are not tried. {error}",
                retry_after_s=error.retry_after_s,
            ) from error
        self._missed = 0
        return composed

    def _compose(self, dream_id: str) -> Composed:
        with self._ledger.read() as connection:
            plan = _plan(connection, dream_id)
        written = self._written(plan)
        verdict = judged(shown(written.prompt), moderator=self._moderator)
        with self._ledger.write() as connection:
            _check_still_wanted(connection, plan)
            prompts.save(
                connection,
                prompts.PromptRow(plan.prompt_id, dream_id, plan.style.style_id, written.prompt),
                template_version=TEMPLATE_VERSION,
                policy_version=plan.policy_version,
                prose=to_prose(written.prompt),
                screening=verdict,
                now=self._clock(),
                writer=written.writer,
                series_id=plan.series.series_id if plan.series else None,
            )
        return Composed(plan.prompt_id, written.prompt, written, verdict, plan.series)

    def _written(self, plan: _Plan) -> Written:
        base = compose_prompt(
            plan.report, style=plan.style, seed=_seed(plan), duration_s=self._duration_s
        )
        return self._writer.write(base, plan.report.facts, plan.style)


def _plan(connection: Connection, dream_id: str) -> _Plan:
    report = ledger_dreams.report(connection, dream_id)
    if report is None:
        raise ItemError(f"{dream_id} is not in the ledger. Run dream_reports for its day again.")
    policy = policies.newest(connection, StylePolicy)
    used = frozenset(prompts.styles_of(connection, dream_id))
    current = series.running(connection)
    style = _style_of(current) if current else _drawn_style(report, policy, used=used)
    plan = _Plan(report, style, current, policy.version, used)
    if current and prompts.get(connection, plan.prompt_id):
        raise ItemError(
            f"{dream_id} was made in the series {current.name!r} already, and a series has one style. Approve "
            "its video, leave it, or end the series with `dreambox series end` to have it made in another style."
        )
    return plan


def _style_of(current: Series) -> Style:
    if current.style_id not in STYLES:
        raise StopError(
            f"The series {current.name!r} runs with the style {current.style_id}, which is no house style any "
            f"more. End it with `dreambox series end`, or start one with: {', '.join(STYLES)}."
        )
    return STYLES[current.style_id]


def _drawn_style(report: DreamReport, policy: StylePolicy, *, used: frozenset[str]) -> Style:
    """A style that this dream was not made in yet.

    The dream's own id seeds the dice: the same dream under the same policy gets the same style.
    """
    rng = random.Random(f"{report.dream_id}:{policy.version}")
    draws = (choose_style(policy, report, rng) for _ in range(MAX_DRAWS))
    style = next((style for style in draws if style.style_id not in used), None)
    if style is None:
        raise ItemError(
            f"{report.dream_id} was made in {', '.join(sorted(used))}, and no other style came up in "
            f"{MAX_DRAWS} draws. Approve one of its videos, or leave it."
        )
    return style


def _seed(plan: _Plan) -> int:
    if plan.series and plan.series.seed is not None:
        return plan.series.seed
    return int.from_bytes(hashlib.sha256(plan.report.dream_id.encode()).digest()[:4])


def _check_still_wanted(connection: Connection, plan: _Plan) -> None:
    """Nobody withdrew and nobody else made it while the writer and the moderation model thought."""
    dream_id = plan.report.dream_id
    if not prompts.granted_dreams(connection, [dream_id]):
        raise ItemError(
            f"{dream_id} may not be made any more: its consent or its state changed while its prompt was "
            "written. Nothing was stored."
        )
    if prompts.styles_of(connection, dream_id) != plan.used:
        raise ItemError(
            f"Another run made a prompt of {dream_id} at the same time; this one was dropped. Nothing is to do."
        )


def summary(composed: list[Composed]) -> dict[str, Any]:
    """Counts for a run's metadata."""
    writers: dict[str, int] = {}
    for each in composed:
        writers[each.written.writer] = writers.get(each.written.writer, 0) + 1
    verdicts = [each.screening.action for each in composed]
    return {
        "blocked": verdicts.count(ScreeningAction.BLOCK),
        "for_review": verdicts.count(ScreeningAction.REVIEW),
        "fallbacks": sum(each.written.is_fallback for each in composed),
        "writers": writers,
    }
