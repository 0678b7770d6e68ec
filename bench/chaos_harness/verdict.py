"""What the sandbox saw, held against what the ledger says."""

import resource
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.chaos_harness.door import BY_HAND
from bench.chaos_harness.lives import Told
from bench.chaos_harness.rows import Seeded, number_in
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.ledger import post_tasks, publications, tasks
from dreambox_pipeline.storage.ledger.publications import PublicationRow

if TYPE_CHECKING:
    from bench.chaos_harness.campaign import Campaign

S = PublicationState
PER_MINUTE, PER_DAY = 6, 15
MINUTE_S, DAY_S = 60.0, 86_400.0
ENDS = (S.PUBLISHED, S.FAILED, S.UNCONFIRMED, S.CANCELLED)


@dataclass
class Verdict:
    """How a campaign ended; everything in `faults_found` is a fault of ours.

    Attributes:
        duplicates: Publications with more than one post.
        lost: Publications that ended nowhere, that wait for a person whom nobody asked, or posts
            that nobody here knows of.
        unwanted: Posts begun after their dreamer took them back, or while posting was paused.
        reasons: Why publications failed.
        over_limit: More was begun than TikTok takes in a minute or a day.
        leaks: Where a secret was found.
    """

    seed: int
    posts: int
    ends: Counter[str] = field(default_factory=Counter)
    duplicates: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)
    over_limit: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    bugs: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    strikes: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    deaths: list[str] = field(default_factory=list)
    costs: Counter[str] = field(default_factory=Counter)
    wall_s: float = 0.0
    cpu_s: float = 0.0

    @property
    def faults_found(self) -> list[str]:
        """Everything that must not be, each in a sentence."""
        return [
            *self.duplicates,
            *self.lost,
            *self.unwanted,
            *self.over_limit,
            *self.leaks,
            *self.bugs,
        ]


def judge(campaign: "Campaign", *, wall_s: float) -> Verdict:
    """Look at both sides."""
    told, site = campaign.told, campaign.site
    truth = site.truth()
    with site.ledger.read() as connection:
        ledger = {row.publication_id: row for row in publications.everything(connection)}
        open_tasks = {(task.kind, task.subject) for task in tasks.open_tasks(connection)}
    posts = posts_by_number(site.seeded, truth["posts"])
    found = Verdict(campaign.plan.seed, campaign.plan.posts, bugs=list(told.bugs))
    found.counts, found.words, found.deaths = told.counts, told.words, told.deaths
    found.costs = told.costs
    found.strikes = Counter(truth["strikes"])
    found.counts["webhooks"] = sum(one["done"] for one in truth["webhooks"])
    found.counts["webhooks doubled"] = sum("#2" in one["key"] for one in truth["webhooks"])
    found.counts["webhook attempts"] = sum(one["attempts"] for one in truth["webhooks"])
    found.counts["tokens given"] = truth["tokens"]
    for name in list(found.counts):
        if name.startswith("fault "):
            found.strikes[name.removeprefix("fault ")] += found.counts.pop(name)
    for seeded in site.seeded:
        row = ledger.get(seeded.publication_id)
        _judge_one(found, seeded, row, posts.get(seeded.number, []), told)
        if row is not None and row.state is S.UNCONFIRMED:
            _judge_waiting(found, seeded, row, open_tasks, told)
    found.lost += [
        f"{one['post_id']} is a post of nobody's" for one in posts.get(-1, []) if _is_post(one)
    ]
    found.unwanted += told.breaches
    _judge_limits(found, truth)
    _look_for_secrets(found, campaign, truth["secrets"])
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    found.wall_s = wall_s
    found.cpu_s = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    return found


def posts_by_number(
    seeded: list[Seeded], documents: list[dict[str, Any]]
) -> dict[int, list[dict[str, Any]]]:
    """What was begun at the sandbox, by publication: told by caption, by file, or by size."""
    by_hash = {row.content_hash: row.number for row in seeded}
    by_size = {row.size_bytes: row.number for row in seeded}
    posts: dict[int, list[dict[str, Any]]] = {}
    for document in documents:
        number = number_in(str(document["post_info"].get("caption") or ""))
        if number is None:
            number = by_hash.get(document.get("file", {}).get("sha256", ""))
        if number is None:
            number = by_size.get(document.get("size", -1))
        posts.setdefault(-1 if number is None else number, []).append(document)
    return posts


def _is_post(document: dict[str, Any]) -> bool:
    """It is, or will be, before people's eyes, or in the account's inbox."""
    return document["state"] in ("fetched", "pending")


def _judge_one(
    found: Verdict,
    seeded: Seeded,
    row: PublicationRow | None,
    documents: list[dict[str, Any]],
    told: Told,
) -> None:
    name = f"{seeded.publication_id} (seed {found.seed})"
    state = row.state if row else None
    found.ends[state.value if state else "missing"] += 1
    if row is not None and state in (S.FAILED, S.UNCONFIRMED):
        why = str(row.error).replace(row.publication_id, "it")
        found.words[f"{state.value}: {why[:90]}"] += 1
    made = [document for document in documents if _is_post(document)]
    ids = [document["publish_id"] for document in made]
    if len(made) > 1:
        found.duplicates.append(f"{name} was posted {len(made)} times: {ids}")
    if row is None or state not in ENDS:
        found.lost.append(f"{name} ended nowhere: {state}, {row.error if row else ''}")
        return
    if made and state not in (S.PUBLISHED, S.UNCONFIRMED):
        found.lost.append(f"{name} is {state} here and posted there: {ids}, {row.error}")
    known = {document.get("post_id") for document in made}
    if state is S.PUBLISHED and row.post_id not in known:
        found.lost.append(f"{name} is published as {row.post_id} here; there it is {known}")
    if state is S.FAILED:
        if not row.error:
            found.lost.append(f"{name} failed without a reason")
        found.reasons[str(row.error).partition(". ")[0][:70]] += 1
    is_taken_back = seeded.number in told.taken_back
    if (state is S.CANCELLED) != is_taken_back:
        found.unwanted.append(f"{name} is {state}; taken back by its dreamer: {is_taken_back}")
    if documents and is_taken_back:
        found.unwanted.append(f"{name} was begun after its dreamer took it back")


def _judge_waiting(
    found: Verdict,
    seeded: Seeded,
    row: PublicationRow,
    open_tasks: set[tuple[str, str]],
    told: Told,
) -> None:
    """Whoever is to look at it must know: by a task, or because each run says so."""
    name = f"{seeded.publication_id} (seed {found.seed})"
    kinds = {kind for kind, subject in open_tasks if subject == seeded.publication_id}
    is_called_back = seeded.number in told.called_back
    if is_called_back and kinds != {tasks.TAKEDOWN}:
        found.unwanted.append(
            f"{name} was called back, and people are asked for {kinds or 'nothing'}"
        )
    elif row.sent_by.needs_person and not kinds & {*post_tasks.BY_HAND, tasks.TAKEDOWN}:
        found.lost.append(f"{name} waits for a person, and nobody was asked: {row.error}")
    elif not row.error:
        found.lost.append(f"{name} is unconfirmed without a reason")
    if seeded.publication_id not in told.asked:
        found.lost.append(f"{name} is unconfirmed, and no run asks a person about it")
    found.counts["open tasks for drafts and kits"] += bool(kinds & {*post_tasks.BY_HAND})


def _judge_limits(found: Verdict, truth: dict[str, Any]) -> None:
    """What TikTok let through, and what it turned away."""
    begun = sorted(
        float(document["requested_at"])
        for document in truth["posts"]
        if not document["publish_id"].startswith(BY_HAND)
    )
    for limit, span in ((PER_MINUTE, MINUTE_S), (PER_DAY, DAY_S)):
        most = max(
            (number + 1 - bisect_left(begun, at - span + 1e-6) for number, at in enumerate(begun)),
            default=0,
        )
        found.counts[f"most begun in {span:.0f} s"] = most
        if most > limit:
            found.over_limit.append(f"{most} posts were begun in {span:.0f} s; {limit} are allowed")
    refused = [
        arrival
        for arrival in truth["arrivals"]
        if any(word in arrival["answer"] for word in ("40100", "spam_risk", "rate_limit_exceeded"))
        and not arrival["fault"].startswith(("http_429", "refusal:"))
    ]
    found.counts["refused by limits"] = len(refused)
    for arrival in refused[:5]:
        found.words[f"refused: {arrival['path']} {arrival['answer'][:120]}"] += 1


def _look_for_secrets(found: Verdict, campaign: "Campaign", secrets: list[str]) -> None:
    secrets = [secret for secret in secrets if len(secret) >= 16]
    secrets.append(campaign.site.info["app_secret"])
    said = "\n".join(campaign.told.logs)
    found.leaks += [f"a secret is in the logs: {one[:6]}…" for one in secrets if one in said]
    campaign.site.ledger.close()
    for file in _ledger_files(campaign.site.settings.var_dir):
        content = file.read_bytes()
        found.leaks += [
            f"a secret is in {file.name}: {one[:6]}…" for one in secrets if one.encode() in content
        ]


def _ledger_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("ledger.sqlite*"))
