"""Deciding, in one transaction, whether a planned job is sent now, and by which generator.

Generator, circuit, caps, reservation and the job's step commit together. Whoever is killed before
has sent nothing and holds nothing; whoever is killed after left a row that says `unknown`.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.engine import Connection

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.clip_jobs.budget import Budget
from dreambox_pipeline.errors import TransientError
from dreambox_pipeline.generators.registry import GENERATORS
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.videos.budget import Cap, has_risen, in_usd
from dreambox_pipeline.stages.videos.fallback import Candidate, Choice, Circuit, choose
from dreambox_pipeline.stages.videos.generation import VideoGenerator
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.stages.videos.waiting import WaitsFor, pause
from dreambox_pipeline.storage.ledger import Ledger, circuits, job_choices, jobs, spend
from dreambox_pipeline.storage.ledger.jobs import JobRow
from dreambox_pipeline.storage.ledger.prompts import PromptRow

NO_LIMIT_S = 60.0
"""Longest clip of a generator that is not in the registry: what a prompt may ask for."""


class Launcher:
    """The generators in the operator's order, their circuits, and the money.

    Args:
        generators: The first is used as long as it works.
        ledger: Where all of it is written down.
        clock: What time it is.
        budget: What may be spent.
        log: Told what a person may want to know and need not act on.
    """

    def __init__(
        self,
        generators: Sequence[VideoGenerator],
        *,
        ledger: Ledger,
        clock: Clock,
        budget: Budget,
        log: Callable[[str], None],
    ) -> None:
        self._generators = {generator.name: generator for generator in generators}
        self._ledger = ledger
        self._clock = clock
        self._budget = budget
        self._log = log

    @property
    def has_alternatives(self) -> bool:
        """Whether one generator's trouble leaves another to go on with."""
        return len(self._generators) > 1

    def generator_of(self, job: JobRow) -> VideoGenerator:
        """The generator that has *job*.

        Raises:
            TransientError: It is not among those in use.
        """
        generator = self._generators.get(job.generator)
        if generator is None:
            raise TransientError(
                f"{job.job_id} is {job.state} at {job.generator}, which is not in DREAMBOX_GENERATOR any more. "
                "Add it there to fetch the clip; the job waits."
            )
        return generator

    def plan(self, connection: Connection, row: PromptRow) -> None:
        """Write down a job for *row* at the generator that would make it now, or could later."""
        choice = self._choose(connection, row.prompt, now=self._clock())
        names = (choice.name, *choice.later, *self._generators)
        self._plan_at(connection, row, next(name for name in names if name))

    def wake_blocked(self, connection: Connection) -> None:
        """Let jobs that a cap held back go on, where there is room for them now."""
        for job in self._budget.has_room(connection, now=self._clock()):
            jobs.wake(connection, job)

    def launch(self, job: JobRow, row: PromptRow, *, by_hand: bool) -> JobRow:
        """Take a planned *job* as far as it may go now.

        Args:
            job: A planned job.
            row: Its prompt, as it would be sent.
            by_hand: A person named it: its generator is tried even if it is left alone.

        Returns:
            The job: `unknown`, with its money reserved, if the request is to be sent next. Still
            `planned` if it waits. Another, `planned` at another generator, if it was passed on.
            `failed` if the prompt has its clip elsewhere.
        """
        now = self._clock()
        with self._ledger.write() as connection:
            spend.lock(connection)
            if job_choices.has_rival(connection, job):
                reason = f"Another job makes the clip of {job.prompt_id}; it is not paid twice."
                return jobs.move(connection, job, JobState.FAILED, now=now, error=reason)
            trusted = job.generator if by_hand else None
            choice = self._choose(connection, row.prompt, now=now, job=job, trusted=trusted)
            if choice.name == job.generator:
                return self._send(connection, job, row, now=now)
            return self._elsewhere(connection, job, row, choice, now=now)

    def pass_on(self, job: JobRow, row: PromptRow) -> JobRow | None:
        """Move a planned *job* to another generator if its own is left alone and another is not.

        Returns:
            The job at the other generator; None if *job* stays where it is.
        """
        now = self._clock()
        with self._ledger.write() as connection:
            spend.lock(connection)
            choice = self._choose(connection, row.prompt, now=now, job=job)
            if choice.name in (None, job.generator) or job.is_softened:
                return None
            return self._elsewhere(connection, job, row, choice, now=now)

    def _choose(
        self,
        connection: Connection,
        prompt: VideoPrompt,
        *,
        now: datetime,
        job: JobRow | None = None,
        trusted: str | None = None,
    ) -> Choice:
        """Who makes the clip. A planned job's own generator comes first: it was chosen before."""
        known = circuits.of(connection, self._generators)
        if trusted in known:
            known[trusted] = Circuit(trusted)
        ended = job_choices.ended_at(connection, job.prompt_id) if job else frozenset()
        names = [name for name in self._generators if name not in ended]
        if job and job.generator in names:
            names.sort(key=lambda name: name != job.generator)
        candidates = [_candidate(name, known[name]) for name in names]
        return choose(candidates, duration_s=prompt.duration_s, now=now)

    def _elsewhere(
        self, connection: Connection, job: JobRow, row: PromptRow, choice: Choice, *, now: datetime
    ) -> JobRow:
        why = choice.why_not(job.generator)
        if choice.name is None or job.is_softened:
            again = choice.again_at or now + pause(job.polls)
            error = (
                f"No generator takes it now: {'; '.join(choice.objections.values()) or why}. "
                f"It is tried again at {again:%Y-%m-%d %H:%M} UTC."
            )
            waits_for = WaitsFor.GENERATOR
            return jobs.wait(connection, job, until=again, waits_for=waits_for, error=error)
        reason = f"Passed on to {choice.name}: {why}."
        ended = JobState.FAILED
        jobs.move(connection, job, ended, now=now, passed_on_to=choice.name, error=reason)
        self._log(f"{job.job_id} is passed on from {job.generator} to {choice.name}: {why}.")
        return self._plan_at(connection, row, choice.name)

    def _plan_at(self, connection: Connection, row: PromptRow, name: str) -> JobRow:
        generator = self._generators[name]
        job_id = job_id_for(row.prompt_id, generator)
        jobs.plan(
            connection,
            job_id,
            prompt_id=row.prompt_id,
            generator=generator.name,
            generator_version=generator.version,
            estimate_microusd=generator.estimate_microusd(row.prompt),
            now=self._clock(),
        )
        job = jobs.get(connection, job_id)
        if job is None:
            raise AssertionError(f"{job_id} was planned and is not there")
        if job.passed_on_to is not None:
            # It was here before, and comes back.
            job = jobs.move(connection, job, JobState.PLANNED, now=self._clock())
        return job

    def _send(
        self, connection: Connection, job: JobRow, row: PromptRow, *, now: datetime
    ) -> JobRow:
        """Reserve the money, claim the trial if it is one, and let the job go out."""
        generator = self._generators[job.generator]
        price = generator.estimate_microusd(row.prompt)
        if has_risen(job.estimate_microusd, price):
            before = in_usd(job.estimate_microusd)
            self._log(f"{job.job_id} was planned for {before} and costs {in_usd(price)} now.")
        job = jobs.estimate(connection, job, price, generator_version=generator.version)
        cap: Cap | None = self._budget.over(connection, job, now=now)
        if cap is not None:
            return self._budget.hold_back(connection, job, cap, now=now)
        (circuit,) = circuits.of(connection, [job.generator]).values()
        if not circuit.is_closed() and not circuits.take_trial(connection, circuit, now=now):
            again = now + pause(job.polls)
            return jobs.wait(connection, job, until=again, waits_for=WaitsFor.GENERATOR)
        self._budget.reserve(connection, job, now=now)
        # Turned away, it waits longer each time: the count lives on while the request is out.
        return replace(jobs.move(connection, job, JobState.UNKNOWN, now=now), polls=job.polls)


def job_id_for(prompt_id: str, generator: VideoGenerator) -> str:
    """The same prompt and generator version are the same job: they never pay twice."""
    made_by = f"{prompt_id}:{generator.name}:{generator.version}"
    return f"job_{hashlib.sha256(made_by.encode()).hexdigest()[:16]}"


def _candidate(name: str, circuit: Circuit) -> Candidate:
    entry = GENERATORS.get(name)
    if entry is None:
        return Candidate(name, NO_LIMIT_S, circuit)
    return Candidate(name, entry.capabilities.longest_s, circuit, entry.sunset)
