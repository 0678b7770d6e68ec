-- One row per day and generator: what its jobs came to, what was booked for them, and what one accepted clip and one approved video cost.
-- column: day <- generation_jobs.created_at, spend.day
-- column: generator <- generation_jobs.generator, spend.generator
-- column: generator_version <- generation_jobs.generator_version
-- column: jobs <- generation_jobs.job_id
-- column: accepted <- generation_jobs.state
-- column: approved <- dim_videos.review_state, dim_videos.job_id
-- column: refused <- generation_jobs.state
-- column: failed <- generation_jobs.state, generation_jobs.passed_on_to
-- column: passed_on <- generation_jobs.passed_on_to
-- column: attempts <- generation_jobs.attempts
-- column: estimated_microusd <- generation_jobs.estimate_microusd
-- column: spent_microusd <- generation_jobs.cost_microusd
-- column: jobs_without_cost <- generation_jobs.cost_microusd, generation_jobs.attempts
-- column: microusd_per_accepted_video <- generation_jobs.cost_microusd, generation_jobs.state
-- column: microusd_per_approved_video <- generation_jobs.cost_microusd, dim_videos.review_state, dim_videos.job_id
-- column: reserved_microusd <- spend.reserved_microusd, spend.state
-- column: settled_microusd <- spend.settled_microusd, spend.state
-- column: released_microusd <- spend.reserved_microusd, spend.state
-- column: settled_without_amount <- spend.settled_microusd, spend.state

-- Jobs by the day they were planned on, bookings by the day the daily cap counted them on.
WITH approved AS (
    -- Approved is the newest verdict on exactly the file that is there now.
    SELECT DISTINCT job_id FROM dim_videos WHERE review_state = 'approved'
),
made AS (
    SELECT
        timezone(getvariable('time_zone'), created_at)::DATE AS day,
        generator,
        generator_version,
        count(*) AS jobs,
        count(*) FILTER (state = 'accepted') AS accepted,
        count(approved.job_id) AS approved,
        count(*) FILTER (state = 'refused') AS refused,
        count(*) FILTER (state IN ('failed', 'lost') AND passed_on_to IS NULL) AS failed,
        count(passed_on_to) AS passed_on,
        sum(attempts)::BIGINT AS attempts,
        sum(estimate_microusd) FILTER (passed_on_to IS NULL)::BIGINT AS estimated_microusd,
        -- NULL while no cost is known. Jobs that were sent and whose cost nobody told are counted beside it.
        sum(cost_microusd)::BIGINT AS spent_microusd,
        count(*) FILTER (attempts > 0 AND cost_microusd IS NULL) AS jobs_without_cost,
        -- Failures are paid for by what came of it. A result of unknown cost makes it unknown.
        CASE
            WHEN count(*) FILTER (state = 'accepted' AND cost_microusd IS NULL) > 0 THEN NULL
            ELSE round(sum(cost_microusd) / nullif(count(*) FILTER (state = 'accepted'), 0))::BIGINT
        END AS microusd_per_accepted_video,
        CASE
            WHEN count(approved.job_id) FILTER (cost_microusd IS NULL) > 0 THEN NULL
            ELSE round(sum(cost_microusd) / nullif(count(approved.job_id), 0))::BIGINT
        END AS microusd_per_approved_video
    FROM generation_jobs
    LEFT JOIN approved ON approved.job_id = generation_jobs.job_id
    GROUP BY day, generator, generator_version
),
booked AS (
    SELECT
        spend.day::DATE AS day,
        spend.generator,
        generation_jobs.generator_version,
        coalesce(sum(reserved_microusd) FILTER (spend.state = 'reserved'), 0)::BIGINT AS reserved_microusd,
        -- 0 when nothing was settled; NULL when nothing is known of what was.
        CASE
            WHEN count(*) FILTER (spend.state = 'settled') = 0 THEN 0
            ELSE sum(settled_microusd) FILTER (spend.state = 'settled')
        END::BIGINT AS settled_microusd,
        coalesce(sum(reserved_microusd) FILTER (spend.state = 'released'), 0)::BIGINT AS released_microusd,
        count(*) FILTER (spend.state = 'settled' AND settled_microusd IS NULL) AS settled_without_amount
    FROM spend
    JOIN generation_jobs ON generation_jobs.job_id = spend.job_id
    GROUP BY ALL
)
SELECT
    coalesce(made.day, booked.day) AS day,
    coalesce(made.generator, booked.generator) AS generator,
    coalesce(made.generator_version, booked.generator_version) AS generator_version,
    coalesce(jobs, 0) AS jobs,
    coalesce(accepted, 0) AS accepted,
    coalesce(approved, 0) AS approved,
    coalesce(refused, 0) AS refused,
    coalesce(failed, 0) AS failed,
    coalesce(passed_on, 0) AS passed_on,
    coalesce(attempts, 0) AS attempts,
    estimated_microusd,
    spent_microusd,
    coalesce(jobs_without_cost, 0) AS jobs_without_cost,
    microusd_per_accepted_video,
    microusd_per_approved_video,
    reserved_microusd,
    settled_microusd,
    released_microusd,
    settled_without_amount
FROM made
FULL JOIN booked
    ON booked.day = made.day
    AND booked.generator = made.generator
    AND booked.generator_version = made.generator_version
ORDER BY day DESC, generator, generator_version
