"""A thousand publications, and everything that can go wrong while they are on their way.

    fates       what the seed has in store for each publication and each round
    rows        approved videos with everything that leads to them, in a ledger
    door        the real sandbox in a process of its own, with the faults of fate in front
    deaths      SIGKILL at a chosen line of our own code, and writing on a full disk
    crew        one worker's life: follow up, publish, until it ends or is ended
    campaign    rounds of lives, with a person who pauses, a dreamer who withdraws, and a clock
    verdict     what the sandbox saw, held against what the ledger says

The seed decides which publication meets what. What it cannot decide is how the system schedules
processes that race: the same seed meets the same troubles, and may lose a race it won before.
`python -m bench chaos` runs it. A seed that found something is named in what it says, and
`running.run(Plan(seed=…, posts=…))` meets the same fates again.
"""
