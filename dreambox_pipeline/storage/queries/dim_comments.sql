-- One row per collected comment or reply, without its words: raw text stays in the lake.
-- column: comment_id <- comments.comment_id
-- column: source_video_id <- comments.source_video_id
-- column: parent_comment_id <- comments.parent_comment_id
-- column: author_id <- comments.author_id
-- column: created_at <- comments.created_at
-- column: is_reply <- comments.parent_comment_id
-- column: is_owner <- comments.is_owner
-- column: characters <- comments.text
-- column: likes <- comments.likes
-- column: replies <- comments.replies
-- column: status <- comments.status
-- column: origin <- comments.origin
-- column: dream_id <- dreams.dream_id, dreams.comment_id

SELECT
    comments.comment_id,
    comments.source_video_id,
    comments.parent_comment_id,
    comments.author_id,
    comments.created_at,
    comments.parent_comment_id IS NOT NULL AS is_reply,
    comments.is_owner,
    length(comments.text) AS characters,
    comments.likes,
    comments.replies,
    comments.status,
    comments.origin,
    dreams.dream_id
FROM comments
LEFT JOIN dreams ON dreams.comment_id = comments.comment_id
-- A comment whose time the platform corrected may stand in two days of the lake.
QUALIFY row_number() OVER (
    PARTITION BY comments.comment_id
    ORDER BY comments.created_at DESC
) = 1
ORDER BY comments.created_at, comments.comment_id
