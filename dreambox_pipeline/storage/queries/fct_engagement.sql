-- One row per reading of a post's lifetime counters, with the post's age at that moment.
-- column: post_id <- engagement_snapshots.post_id
-- column: taken_at <- engagement_snapshots.taken_at
-- column: age_hours <- engagement_snapshots.taken_at, publications.published_at
-- column: publication_id <- publications.publication_id, publications.post_id
-- column: render_id <- publications.render_id
-- column: dream_id <- dim_videos.dream_id
-- column: views <- engagement_snapshots.views
-- column: likes <- engagement_snapshots.likes
-- column: comments <- engagement_snapshots.comments
-- column: shares <- engagement_snapshots.shares
-- column: favorites <- engagement_snapshots.favorites
-- column: reach <- engagement_snapshots.reach
-- column: total_time_watched_s <- engagement_snapshots.total_time_watched_s
-- column: average_time_watched_s <- engagement_snapshots.average_time_watched_s
-- column: full_video_watched_rate <- engagement_snapshots.full_video_watched_rate
-- column: new_followers <- engagement_snapshots.new_followers
-- column: is_latest <- engagement_snapshots.taken_at, engagement_snapshots.views

SELECT
    engagement_snapshots.post_id,
    engagement_snapshots.taken_at,
    date_diff('second', publications.published_at, engagement_snapshots.taken_at) / 3600.0
        AS age_hours,
    publications.publication_id,
    publications.render_id,
    dim_videos.dream_id,
    engagement_snapshots.views,
    engagement_snapshots.likes,
    engagement_snapshots.comments,
    engagement_snapshots.shares,
    engagement_snapshots.favorites,
    engagement_snapshots.reach,
    engagement_snapshots.total_time_watched_s,
    engagement_snapshots.average_time_watched_s,
    engagement_snapshots.full_video_watched_rate,
    engagement_snapshots.new_followers,
    -- Metrics arrive late and are NULL first: the newest reading that knows its views counts, and
    -- it is taken whole, because counters from two moments give rates that never were.
    row_number() OVER (
        PARTITION BY engagement_snapshots.post_id
        ORDER BY engagement_snapshots.views IS NULL, engagement_snapshots.taken_at DESC
    ) = 1 AS is_latest
FROM engagement_snapshots
LEFT JOIN publications ON publications.post_id = engagement_snapshots.post_id
LEFT JOIN dim_videos ON dim_videos.render_id = publications.render_id
ORDER BY engagement_snapshots.taken_at DESC, engagement_snapshots.post_id
