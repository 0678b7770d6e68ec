"""A thousand publications while everything goes wrong that can: is one posted twice, is one lost?

Workers are real processes of the real runner over real HTTP, against the sandbox in a process of
its own. From one seed come SIGKILL at any line, faults before and after the server acted, 429s,
expired tokens, truncated answers, races of two and three, webhooks doubled, late and out of
order, a full disk, a wrong clock, pauses and withdrawals; `chaos_harness` tells how. What counts is
what the sandbox saw.

The seed decides what each publication and each round of workers meets. How the system schedules
processes that race it does not: the same seed may kill at another line of another's turn. A seed
that found something is run again with `running.run(Plan(seed=..., posts=...))`; with
`database_url=...` the ledger is on PostgreSQL. Whatever must not happen and did makes the bench fail.
"""

from bench.chaos_harness.fates import Plan
from bench.chaos_harness.running import run
from bench.chaos_harness.verdict import Verdict

SEED = 5
POSTS = 1_000

ENDS = ("published", "unconfirmed", "failed", "cancelled")
COUNTS = {
    "lives": "worker processes",
    "kills": "killed with SIGKILL",
    "kills from outside": "of these from outside",
    "full disks": "lives on a full disk",
    "clock jumps": "rounds with a wrong clock",
    "logins": "logins by a person",
    "pauses": "pauses",
    "withdrawals": "dreams taken back",
    "posted by hand": "drafts and kits posted by a person",
    "looked up by a person": "posts looked up by a person",
    "settled by a program first": "settled by a program before the person",
    "open tasks for drafts and kits": "drafts and kits that still wait",
    "webhooks": "webhooks taken",
    "webhooks doubled": "of these told twice",
    "webhook attempts": "webhook deliveries tried",
    "tokens given": "token pairs given (one a day and host, and after each expiry)",
    "most begun in 60 s": "most posts begun in 60 s (6 allowed)",
    "most begun in 86400 s": "most posts begun in 24 h (15 allowed)",
    "refused by limits": "requests refused by TikTok's limits",
}


def measure() -> dict[str, object]:
    """Publish a thousand videos in bad weather.

    Returns:
        Figures: how each publication ended, what went wrong on the way, and what must be zero.
        Ratios: of publications that ended published, and of those that a person has to look at.
    """
    found = run(Plan(seed=SEED, posts=POSTS))
    return {
        "seed": SEED,
        "figures": figures(found),
        "ratios": ratios(found),
        "faults": found.faults_found,
    }


def figures(found: Verdict) -> list[dict[str, object]]:
    """The table of one campaign."""

    def figure(name: str, value: float, unit: str) -> dict[str, object]:
        return {"figure": name, "value": float(value), "unit": unit}

    return [
        figure("publications", found.posts, "publications"),
        *(figure(f"ended {end}", found.ends[end], "publications") for end in ENDS),
        *(
            figure(f"failed: {why}", times, "publications")
            for why, times in found.reasons.most_common()
        ),
        figure("posted twice", len(found.duplicates), "publications"),
        figure("lost", len(found.lost), "publications"),
        figure("begun after withdrawal or pause", len(found.unwanted), "publications"),
        figure("above TikTok's limits", len(found.over_limit), "windows"),
        figure("secrets in logs and ledger", len(found.leaks), "secrets"),
        figure("unexpected errors", len(found.bugs), "errors"),
        *(figure(words, found.counts[name], "times") for name, words in COUNTS.items()),
        figure("different lines died at", len(_lines(found)), "lines"),
        *(figure(f"fault {kind}", times, "requests") for kind, times in _strikes(found)),
        figure("wall", found.wall_s, "s"),
        figure("CPU of workers and campaign, without sandbox and desk", found.cpu_s, "s"),
    ]


def ratios(found: Verdict) -> dict[str, float]:
    """What of all publications became."""
    return {
        "published / all": found.ends["published"] / found.posts,
        "for a person / all": found.ends["unconfirmed"] / found.posts,
    }


def _lines(found: Verdict) -> set[str]:
    return {death.partition(" ")[2] for death in found.deaths}


def _strikes(found: Verdict) -> list[tuple[str, int]]:
    return sorted((kind, times) for kind, times in found.strikes.items() if times)
