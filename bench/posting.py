"""What one post costs us, besides the network and TikTok's own work.

A worker publishes on a clean sandbox and finds out what became of each post. Measured is its whole
time, from the due row to `published`, without the seconds in which it waited for an answer or for
TikTok's limits: those are the other side's. The clock is read over HTTP here and counts as that.
"""

from bench.chaos_harness.fates import Plan
from bench.chaos_harness.running import run

POSTS = 60


def measure() -> dict[str, object]:
    """Publish sixty videos, half by either route, one worker at a time.

    Returns:
        Figures: milliseconds and requests per post. Ratio: of a post's time that is our own.
    """
    found = run(Plan(posts=POSTS, calm=True))
    for fault in found.faults_found:
        print(fault)
    posted = found.ends["published"]
    cost = found.costs
    own_s = cost["wall_s"] - cost["http_s"] - cost["slept_s"]
    figures = [
        {"figure": "posts", "value": float(posted), "unit": "posts"},
        {"figure": "own time a post", "value": 1000 * own_s / posted, "unit": "ms"},
        {"figure": "CPU a post", "value": 1000 * cost["cpu_s"] / posted, "unit": "ms"},
        {"figure": "waiting for answers", "value": 1000 * cost["http_s"] / posted, "unit": "ms"},
        {"figure": "requests a post", "value": cost["requests"] / posted, "unit": "requests"},
        {
            "figure": "clock readings a post",
            "value": cost["clock_requests"] / posted,
            "unit": "readings",
        },
    ]
    return {
        "figures": figures,
        "ratios": {"own / (own + answers)": own_s / (own_s + cost["http_s"])},
    }
