-- One row per dream: its way from the comment to the newest view count, by foreign keys all along.
-- column: step <- dim_dreams.consent_state, prompts.prompt_id, generation_jobs.state, dim_videos.review_state, publications.state
-- column: comment_id <- dim_dreams.comment_id
-- column: source_video_id <- dim_dreams.source_video_id
-- column: author_id <- dim_dreams.author_id
-- column: dream_id <- dim_dreams.dream_id
-- column: told_at <- dim_dreams.told_at
-- column: screening <- dim_dreams.screening
-- column: consent_state <- dim_dreams.consent_state
-- column: question_comment_id <- consents.question_comment_id
-- column: answer_comment_id <- consents.answer_comment_id
-- column: prompt_id <- prompts.prompt_id, prompts.dream_id
-- column: style_id <- prompts.style_id
-- column: job_id <- generation_jobs.job_id, generation_jobs.prompt_id
-- column: job_state <- generation_jobs.state
-- column: clip_hash <- generation_jobs.clip_hash
-- column: render_id <- dim_videos.render_id, dim_videos.job_id
-- column: content_hash <- dim_videos.content_hash
-- column: review_state <- dim_videos.review_state
-- column: publication_id <- publications.publication_id, publications.render_id
-- column: publication_state <- publications.state
-- column: slot_at <- publications.slot_at
-- column: publish_id <- publications.publish_id
-- column: post_id <- publications.post_id
-- column: published_at <- publications.published_at
-- column: snapshot_at <- fct_engagement.taken_at, fct_engagement.is_latest
-- column: views <- fct_engagement.views
-- column: likes <- fct_engagement.likes
-- column: shares <- fct_engagement.shares

SELECT
    CASE
        WHEN publications.state = 'published' THEN 'published'
        WHEN publications.publication_id IS NOT NULL THEN 'queued'
        WHEN dim_videos.review_state IN ('approved', 'rejected') THEN dim_videos.review_state
        WHEN dim_videos.render_id IS NOT NULL THEN 'finished'
        WHEN generation_jobs.state = 'accepted' THEN 'generated'
        WHEN generation_jobs.job_id IS NOT NULL THEN 'generating'
        WHEN prompts.prompt_id IS NOT NULL THEN 'prompted'
        WHEN dim_dreams.consent_state <> 'none' THEN dim_dreams.consent_state
        ELSE 'told'
    END AS step,
    dim_dreams.comment_id,
    dim_dreams.source_video_id,
    dim_dreams.author_id,
    dim_dreams.dream_id,
    dim_dreams.told_at,
    dim_dreams.screening,
    dim_dreams.consent_state,
    consents.question_comment_id,
    consents.answer_comment_id,
    prompts.prompt_id,
    prompts.style_id,
    generation_jobs.job_id,
    generation_jobs.state AS job_state,
    generation_jobs.clip_hash,
    dim_videos.render_id,
    dim_videos.content_hash,
    dim_videos.review_state,
    publications.publication_id,
    publications.state AS publication_state,
    publications.slot_at,
    publications.publish_id,
    publications.post_id,
    publications.published_at,
    fct_engagement.taken_at AS snapshot_at,
    fct_engagement.views,
    fct_engagement.likes,
    fct_engagement.shares
FROM dim_dreams
LEFT JOIN consents ON consents.dream_id = dim_dreams.dream_id
LEFT JOIN prompts ON prompts.dream_id = dim_dreams.dream_id
LEFT JOIN generation_jobs ON generation_jobs.prompt_id = prompts.prompt_id
LEFT JOIN dim_videos ON dim_videos.job_id = generation_jobs.job_id
LEFT JOIN publications ON publications.render_id = dim_videos.render_id
LEFT JOIN fct_engagement
    ON fct_engagement.post_id = publications.post_id AND fct_engagement.is_latest
-- A dream may have been made more than once: the attempt that got furthest stands for it, and of
-- equals the newest. dim_videos and fct_posts have them all.
QUALIFY row_number() OVER (
    PARTITION BY dim_dreams.dream_id
    ORDER BY
        publications.state = 'published' DESC NULLS LAST,
        publications.publication_id IS NOT NULL DESC,
        dim_videos.render_id IS NOT NULL DESC,
        generation_jobs.state = 'accepted' DESC NULLS LAST,
        generation_jobs.job_id IS NOT NULL DESC,
        dim_videos.finished_at DESC NULLS LAST,
        generation_jobs.created_at DESC NULLS LAST,
        prompts.composed_at DESC NULLS LAST,
        prompts.prompt_id
) = 1
-- Finished ways first, for whoever looks at the first rows only.
ORDER BY publications.published_at DESC NULLS LAST, dim_videos.finished_at DESC NULLS LAST, dim_dreams.told_at DESC, dim_dreams.dream_id
