-- One row per step from comment to post: how many things got that far, and the share of the step before.
-- column: position <- (constant)
-- column: step <- (constant)
-- column: of_step <- (constant)
-- column: items <- dim_comments.comment_id, dim_dreams.dream_id, dim_dreams.screening, dim_dreams.consent_state, dim_dreams.asked_at, prompts.prompt_id, generation_jobs.state, dim_videos.render_id, dim_videos.review_state, fct_posts.publication_id, fct_posts.state
-- column: rate <- dim_comments.comment_id, dim_dreams.dream_id, dim_dreams.screening, dim_dreams.consent_state, dim_dreams.asked_at, prompts.prompt_id, generation_jobs.state, dim_videos.render_id, dim_videos.review_state, fct_posts.publication_id, fct_posts.state

WITH steps (position, step, of_step, items) AS (
    SELECT 1, 'comments', NULL, count(*) FROM dim_comments WHERE NOT is_owner
    UNION ALL SELECT 2, 'dreams', 'comments', count(*) FROM dim_dreams
    UNION ALL SELECT 3, 'screened', 'dreams', count(*) FROM dim_dreams WHERE screening <> 'block'
    UNION ALL SELECT 4, 'asked', 'screened', count(asked_at) FROM dim_dreams
    -- A withdrawn consent was granted once: the dreamer said yes, so the step was reached.
    UNION ALL SELECT 5, 'granted', 'asked', count(*) FROM dim_dreams
        WHERE consent_state IN ('granted', 'withdrawn')
    UNION ALL SELECT 6, 'declined', 'asked', count(*) FROM dim_dreams
        WHERE consent_state = 'declined'
    UNION ALL SELECT 7, 'prompts', 'granted', count(*) FROM prompts
    UNION ALL SELECT 8, 'clips', 'prompts', count(*) FROM generation_jobs WHERE state = 'accepted'
    UNION ALL SELECT 9, 'finished', 'clips', count(*) FROM dim_videos
    UNION ALL SELECT 10, 'approved', 'finished', count(*) FROM dim_videos
        WHERE review_state = 'approved'
    UNION ALL SELECT 11, 'queued', 'approved', count(*) FROM fct_posts WHERE state <> 'cancelled'
    UNION ALL SELECT 12, 'published', 'queued', count(*) FROM fct_posts WHERE state = 'published'
)
SELECT
    steps.position,
    steps.step,
    steps.of_step,
    steps.items,
    -- NULL where there is nothing to take a share of.
    steps.items / nullif(whole.items, 0) AS rate
FROM steps
LEFT JOIN steps AS whole ON whole.step = steps.of_step
ORDER BY steps.position
