-- One row per finished video: who and what made it, its technical facts, its checks, its look and its review.
-- column: render_id <- videos.render_id
-- column: dream_id <- videos.dream_id
-- column: prompt_id <- videos.prompt_id
-- column: job_id <- videos.job_id
-- column: style_id <- prompts.style_id
-- column: series_id <- prompts.series_id
-- column: series_name <- series.name
-- column: writer <- prompts.writer
-- column: setting <- dreams.facts
-- column: generator <- generation_jobs.generator
-- column: generator_version <- generation_jobs.generator_version
-- column: generator_title <- generation_jobs.generator
-- column: is_stand_in <- generation_jobs.generator
-- column: is_softened <- generation_jobs.is_softened
-- column: title <- videos.title, consents.state
-- column: has_credit <- videos.credit
-- column: edit_version <- videos.edit_version
-- column: content_hash <- videos.content_hash
-- column: width <- videos.width
-- column: height <- videos.height
-- column: duration_s <- videos.duration_s
-- column: frame_rate <- videos.frame_rate
-- column: size_bytes <- videos.size_bytes
-- column: has_passed <- videos.has_passed
-- column: failed_checks <- findings.check_name, findings.passed
-- column: drift <- videos.drift
-- column: is_signed <- provenance.unsigned_reason, provenance.content_hash, videos.content_hash
-- column: review_state <- review_events.decision, review_events.content_hash
-- column: reviewer <- review_events.reviewer
-- column: reviewed_at <- review_events.decided_at
-- column: finished_at <- videos.finished_at

WITH failed AS (
    SELECT render_id, list(check_name ORDER BY check_name) AS checks
    FROM findings
    WHERE NOT passed
    GROUP BY render_id
),
-- The newest verdict on exactly the file that is there now; comments are no verdicts.
verdicts AS (
    SELECT
        review_events.render_id,
        review_events.decision,
        review_events.reviewer,
        review_events.decided_at
    FROM review_events
    JOIN videos
        ON videos.render_id = review_events.render_id
        AND videos.content_hash = review_events.content_hash
    WHERE review_events.decision IN ('approve', 'reject')
    QUALIFY row_number() OVER (
        PARTITION BY review_events.render_id
        ORDER BY review_events.event_id DESC
    ) = 1
)
SELECT
    videos.render_id,
    videos.dream_id,
    videos.prompt_id,
    videos.job_id,
    prompts.style_id,
    prompts.series_id,
    series.name AS series_name,
    prompts.writer,
    dreams.facts ->> '$.setting' AS setting,
    generation_jobs.generator,
    generation_jobs.generator_version,
    -- The registry's titles; a generator that has left it keeps its name.
    CASE generation_jobs.generator
        WHEN 'synthetic' THEN 'drawn on this machine, a stand-in for a video model'
        WHEN 'openai_videos' THEN 'a server with OpenAI-style /v1/videos'
        WHEN 'gemini_omni' THEN 'Google''s Gemini Omni'
        ELSE generation_jobs.generator
    END AS generator_title,
    generation_jobs.generator = 'synthetic' AS is_stand_in,
    generation_jobs.is_softened,
    CASE WHEN consents.state = 'withdrawn' THEN NULL ELSE videos.title END AS title,
    -- The handle itself is on the video; a table of handles is nobody's business.
    videos.credit IS NOT NULL AS has_credit,
    videos.edit_version,
    videos.content_hash,
    videos.width,
    videos.height,
    videos.duration_s,
    videos.frame_rate,
    videos.size_bytes,
    videos.has_passed,
    coalesce(failed.checks, []) AS failed_checks,
    -- How far its look lies from its style's last videos; 1 is the edge of what is usual.
    videos.drift,
    -- NULL where nothing is recorded about exactly this file.
    CASE
        WHEN provenance.render_id IS NOT NULL THEN provenance.unsigned_reason IS NULL
    END AS is_signed,
    CASE verdicts.decision
        WHEN 'approve' THEN 'approved'
        WHEN 'reject' THEN 'rejected'
        ELSE 'open'
    END AS review_state,
    verdicts.reviewer,
    verdicts.decided_at AS reviewed_at,
    videos.finished_at
FROM videos
JOIN prompts ON prompts.prompt_id = videos.prompt_id
JOIN dreams ON dreams.dream_id = videos.dream_id
JOIN generation_jobs ON generation_jobs.job_id = videos.job_id
LEFT JOIN consents ON consents.dream_id = videos.dream_id
LEFT JOIN series ON series.series_id = prompts.series_id
LEFT JOIN provenance
    ON provenance.render_id = videos.render_id
    AND provenance.content_hash = videos.content_hash
LEFT JOIN failed ON failed.render_id = videos.render_id
LEFT JOIN verdicts ON verdicts.render_id = videos.render_id
ORDER BY videos.finished_at DESC, videos.render_id
