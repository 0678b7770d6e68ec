-- One row per dream report: the redacted text, what happens in it, its rank and its consent.
-- column: dream_id <- dreams.dream_id
-- column: comment_id <- dreams.comment_id
-- column: source_video_id <- dreams.source_video_id
-- column: author_id <- dreams.author_id
-- column: told_at <- dreams.told_at
-- column: reported_at <- dreams.reported_at
-- column: text <- dreams.text, dreams.screening, dreams.suspended_at, consents.state
-- column: lang <- dreams.lang
-- column: probability <- dreams.probability
-- column: setting <- dreams.facts
-- column: motifs <- dreams.facts
-- column: emotions <- dreams.facts
-- column: mood <- dreams.facts
-- column: visual_detail <- dreams.facts
-- column: screening <- dreams.screening
-- column: screening_reasons <- dreams.screening_reasons
-- column: likes <- dreams.likes
-- column: engine <- dreams.engine
-- column: mode <- dreams.mode
-- column: needs_review <- dreams.needs_review
-- column: duplicate_of <- dreams.duplicate_of
-- column: suspended <- dreams.suspended_at
-- column: suspended_reason <- dreams.suspended_reason
-- column: rank <- rankings.rank
-- column: score <- rankings.score
-- column: consent_state <- consents.state
-- column: asked_at <- consents.asked_at
-- column: answered_at <- consents.answered_at

SELECT
    dreams.dream_id,
    dreams.comment_id,
    dreams.source_video_id,
    dreams.author_id,
    dreams.told_at,
    dreams.reported_at,
    -- Blocked texts do harm to read, a dreamer who said no keeps the dream, and a comment that
    -- is hidden is hidden here too.
    CASE
        WHEN dreams.suspended_at IS NOT NULL THEN NULL
        WHEN dreams.screening = 'block' THEN NULL
        WHEN consents.state IN ('declined', 'withdrawn') THEN NULL
        ELSE dreams.text
    END AS text,
    dreams.lang,
    dreams.probability,
    dreams.facts ->> '$.setting' AS setting,
    (dreams.facts -> '$.motifs')::VARCHAR[] AS motifs,
    (dreams.facts -> '$.emotions')::VARCHAR[] AS emotions,
    (dreams.facts ->> '$.mood')::DOUBLE AS mood,
    (dreams.facts ->> '$.visual_detail')::DOUBLE AS visual_detail,
    dreams.screening,
    dreams.screening_reasons::JSON::VARCHAR[] AS screening_reasons,
    dreams.likes,
    dreams.engine,
    dreams.mode,
    dreams.needs_review,
    dreams.duplicate_of,
    dreams.suspended_at IS NOT NULL AS suspended,
    dreams.suspended_reason,
    rankings.rank,
    rankings.score,
    coalesce(consents.state, 'none') AS consent_state,
    consents.asked_at,
    consents.answered_at
FROM dreams
LEFT JOIN rankings ON rankings.dream_id = dreams.dream_id
LEFT JOIN consents ON consents.dream_id = dreams.dream_id
ORDER BY rankings.rank NULLS LAST, dreams.told_at, dreams.dream_id
