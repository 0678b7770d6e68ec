-- One row per video of the account whose comments are read, with what was found under it.
-- column: source_video_id <- source_videos.source_video_id
-- column: posted_at <- source_videos.created_at
-- column: caption <- source_videos.caption, publications.post_id
-- column: share_url <- source_videos.share_url
-- column: asks_for_dreams <- source_videos.asks_for_dreams
-- column: platform_comments <- source_videos.comments
-- column: collected_comments <- comments.comment_id, comments.source_video_id
-- column: dreams <- dreams.dream_id, dreams.source_video_id
-- column: seen_at <- source_videos.seen_at

WITH collected AS (
    SELECT source_video_id, count(DISTINCT comment_id) AS comments
    FROM comments
    GROUP BY source_video_id
),
told AS (
    SELECT source_video_id, count(dream_id) AS dreams
    FROM dreams
    GROUP BY source_video_id
)
SELECT
    source_videos.source_video_id,
    source_videos.created_at AS posted_at,
    -- Our own posts' captions may name a dreamer; fct_posts shows them as long as consent stands.
    CASE WHEN publications.post_id IS NULL THEN source_videos.caption END AS caption,
    source_videos.share_url,
    source_videos.asks_for_dreams,
    -- TikTok's own count: NULL when it did not say. The two below are ours, so 0 is known.
    source_videos.comments AS platform_comments,
    coalesce(collected.comments, 0) AS collected_comments,
    coalesce(told.dreams, 0) AS dreams,
    source_videos.seen_at
FROM source_videos
LEFT JOIN collected ON collected.source_video_id = source_videos.source_video_id
LEFT JOIN publications ON publications.post_id = source_videos.source_video_id
LEFT JOIN told ON told.source_video_id = source_videos.source_video_id
ORDER BY source_videos.created_at DESC, source_videos.source_video_id
