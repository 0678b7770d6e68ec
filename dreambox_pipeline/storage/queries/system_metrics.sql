-- One row per measure of the system's health at the time of the build; an unknown value is NULL.
-- column: metric <- (constant)
-- column: label <- item_failures.stage, generation_jobs.state, outbox.kind, outbox.state, publications.state, policies.kind
-- column: value <- item_failures.item_id, item_failures.times, generation_jobs.job_id, outbox.key, fct_posts.publication_id, fct_posts.state, dim_videos.review_state, dim_videos.finished_at, dim_dreams.asked_at, dim_dreams.answered_at, dim_comments.created_at, fct_engagement.taken_at, fct_costs.spent_microusd, policies.version
-- column: unit <- (constant)
-- column: measured_at <- (constant)

WITH measures (metric, label, value, unit) AS (
    SELECT 'failed_items', stage, count(item_id), 'items' FROM item_failures GROUP BY stage
    UNION ALL SELECT 'failures', stage, sum(times), 'times' FROM item_failures GROUP BY stage
    UNION ALL SELECT 'jobs', state, count(job_id), 'jobs' FROM generation_jobs GROUP BY state
    UNION ALL SELECT 'publications', state, count(publication_id), 'videos'
        FROM publications GROUP BY state
    UNION ALL SELECT 'outbox', kind || ':' || state, count(key), 'requests'
        FROM outbox GROUP BY kind, state
    UNION ALL SELECT 'queue_length', NULL, count(*), 'videos'
        FROM fct_posts WHERE state = 'planned'
    UNION ALL SELECT 'overdue_posts', NULL, count(*), 'videos'
        FROM fct_posts WHERE state = 'planned' AND slot_at < getvariable('now')
    UNION ALL SELECT 'open_reviews', NULL, count(*), 'videos'
        FROM dim_videos WHERE review_state = 'open' AND has_passed
    -- NULL when nothing waits: an age of nothing is not 0.
    UNION ALL SELECT 'oldest_open_review_age', NULL,
        date_diff('second', min(finished_at), getvariable('now')) / 3600.0, 'hours'
        FROM dim_videos WHERE review_state = 'open' AND has_passed
    UNION ALL SELECT 'consent_answer_rate', NULL,
        count(answered_at) / nullif(count(asked_at), 0), 'share' FROM dim_dreams
    UNION ALL SELECT 'newest_comment_age', NULL,
        date_diff('second', max(created_at), getvariable('now')) / 3600.0, 'hours'
        FROM dim_comments
    UNION ALL SELECT 'newest_snapshot_age', NULL,
        date_diff('second', max(taken_at), getvariable('now')) / 3600.0, 'hours'
        FROM fct_engagement
    UNION ALL SELECT 'spent', NULL, sum(spent_microusd), 'microusd' FROM fct_costs
    UNION ALL SELECT 'policy_version', kind, max(version), 'version' FROM policies GROUP BY kind
)
SELECT metric, label, value::DOUBLE AS value, unit, getvariable('now') AS measured_at
FROM measures
ORDER BY metric, label NULLS FIRST
