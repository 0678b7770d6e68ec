"""What one post costs us, besides the network and TikTok's own work.

A worker publishes on a clean sandbox and finds out what became of each post. Its time, from the due
row to `published`, is split in three: our own, in which no request is open; waiting for answers,
which is the other side's; and waiting for TikTok's limits, which is nobody's work and left out.
"""

from bench.chaos_harness.fates import Plan
from bench.chaos_harness.running import run

POSTS = 60


def measure() -> dict[str, object]:
    """Publish sixty videos, half by either route that TikTok takes without a person.

    Returns:
        Figures: milliseconds and requests per post. Ratios, side by side in the same run: our own
        time to that of the answers, and how much of our own time is computing, not the disk.
    """
    found = run(Plan(posts=POSTS, calm=True))
    posted = found.ends["published"] or 1
    cost = found.costs
    own_s = cost["wall_s"] - cost["http_s"] - cost["slept_s"]
    figures = [
        {"figure": "posts", "value": float(found.ends["published"]), "unit": "posts"},
        {"figure": "own wall time a post", "value": 1000 * own_s / posted, "unit": "ms"},
        {"figure": "own CPU a post", "value": 1000 * cost["cpu_s"] / posted, "unit": "ms"},
        {"figure": "waiting for answers", "value": 1000 * cost["http_s"] / posted, "unit": "ms"},
        {"figure": "waiting for limits", "value": 1000 * cost["slept_s"] / posted, "unit": "ms"},
        {"figure": "requests a post", "value": cost["requests"] / posted, "unit": "requests"},
    ]
    return {
        "figures": figures,
        "ratios": {
            "own wall / answers": own_s / cost["http_s"],
            "own CPU / own wall": cost["cpu_s"] / own_s,
        },
        "faults": found.faults_found,
    }
