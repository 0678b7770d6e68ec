-- One row per day in the account's time zone: how many comments came in and how many told a dream.
-- column: day <- dim_comments.created_at
-- column: comments <- dim_comments.comment_id, dim_comments.is_owner
-- column: replies <- dim_comments.is_reply, dim_comments.is_owner
-- column: owner_comments <- dim_comments.is_owner
-- column: hidden_comments <- dim_comments.status, dim_comments.is_owner
-- column: commenters <- dim_comments.author_id, dim_comments.is_owner
-- column: source_videos <- dim_comments.source_video_id, dim_comments.is_owner
-- column: dreams <- dim_comments.dream_id
-- column: dream_rate <- dim_comments.dream_id, dim_comments.comment_id

SELECT
    timezone(getvariable('time_zone'), created_at)::DATE AS day,
    count(*) FILTER (NOT is_owner) AS comments,
    count(*) FILTER (NOT is_owner AND is_reply) AS replies,
    count(*) FILTER (is_owner) AS owner_comments,
    count(*) FILTER (NOT is_owner AND status = 'HIDDEN') AS hidden_comments,
    count(DISTINCT author_id) FILTER (NOT is_owner) AS commenters,
    count(DISTINCT source_video_id) FILTER (NOT is_owner) AS source_videos,
    count(dream_id) AS dreams,
    -- A day on which only the account wrote has no rate.
    count(dream_id) / nullif(count(*) FILTER (NOT is_owner), 0) AS dream_rate
FROM dim_comments
GROUP BY day
ORDER BY day DESC
