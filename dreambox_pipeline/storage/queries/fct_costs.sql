-- One row per day and generator: what its jobs came to, and what one accepted clip cost.
-- column: day <- generation_jobs.created_at
-- column: generator <- generation_jobs.generator
-- column: generator_version <- generation_jobs.generator_version
-- column: jobs <- generation_jobs.job_id
-- column: accepted <- generation_jobs.state
-- column: refused <- generation_jobs.state
-- column: failed <- generation_jobs.state
-- column: attempts <- generation_jobs.attempts
-- column: estimated_microusd <- generation_jobs.estimate_microusd
-- column: spent_microusd <- generation_jobs.cost_microusd
-- column: jobs_without_cost <- generation_jobs.cost_microusd, generation_jobs.attempts
-- column: microusd_per_accepted_video <- generation_jobs.cost_microusd, generation_jobs.state

SELECT
    timezone(getvariable('time_zone'), created_at)::DATE AS day,
    generator,
    generator_version,
    count(*) AS jobs,
    count(*) FILTER (state = 'accepted') AS accepted,
    count(*) FILTER (state = 'refused') AS refused,
    count(*) FILTER (state IN ('failed', 'lost')) AS failed,
    sum(attempts)::BIGINT AS attempts,
    sum(estimate_microusd)::BIGINT AS estimated_microusd,
    -- NULL while no cost is known. Jobs that were sent and whose cost nobody told are counted beside it.
    sum(cost_microusd)::BIGINT AS spent_microusd,
    count(*) FILTER (attempts > 0 AND cost_microusd IS NULL) AS jobs_without_cost,
    -- Failures are paid for by what was accepted. An accepted clip of unknown cost makes it unknown.
    CASE
        WHEN count(*) FILTER (state = 'accepted' AND cost_microusd IS NULL) > 0 THEN NULL
        ELSE round(sum(cost_microusd) / nullif(count(*) FILTER (state = 'accepted'), 0))::BIGINT
    END AS microusd_per_accepted_video
FROM generation_jobs
GROUP BY day, generator, generator_version
ORDER BY day DESC, generator, generator_version
