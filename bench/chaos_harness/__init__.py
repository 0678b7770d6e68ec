"""A thousand publications, and everything that can go wrong while they are on their way.

    fates         what the seed has in store for each publication and each round
    rows          approved videos with everything that leads to them, in a ledger
    shared_clock  the simulated time, for every process
    door          the real sandbox in a process of its own, with the faults of fate in front
    site          all of that opened, with the desk and a connected account
    deaths        SIGKILL at a chosen line of our own code, and writing on a full disk
    crew          one worker's life: follow up, publish, until it ends or is ended
    lives         several at once, and what they tell
    people        dreamers who withdraw; a person who pauses, posts by hand, and looks
    campaign      rounds of lives until every publication has its end
    verdict       what the sandbox saw, held against what the ledger says

The seed decides which publication meets what. What it cannot decide is how the system schedules
processes that race: the same seed meets the same troubles, and may lose a race it won before.
`python -m bench chaos` runs it. A seed that found something is named in what it says, and
`running.run(Plan(seed=…, posts=…))` meets the same fates again.
"""
