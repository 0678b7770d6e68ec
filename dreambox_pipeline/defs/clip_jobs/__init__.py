"""Generation jobs from planned to accepted: launching, polling, fetching, money."""
