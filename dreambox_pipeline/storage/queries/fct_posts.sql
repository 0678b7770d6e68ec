-- One row per publication: its slot and why, the policies and style behind it, and how it did so far.
-- column: publication_id <- publications.publication_id
-- column: state <- publications.state
-- column: post_id <- publications.post_id
-- column: publish_id <- publications.publish_id
-- column: render_id <- publications.render_id
-- column: prompt_id <- dim_videos.prompt_id
-- column: dream_id <- dim_videos.dream_id
-- column: caption <- publications.caption, dim_dreams.consent_state
-- column: hashtags <- publications.hashtags
-- column: style_id <- dim_videos.style_id
-- column: setting <- dim_dreams.setting
-- column: motifs <- dim_dreams.motifs
-- column: style_policy_version <- prompts.policy_version
-- column: policy_version <- publications.policy_version
-- column: slot_at <- publications.slot_at
-- column: slot_local <- publications.slot_local
-- column: slot_hour <- publications.slot_at
-- column: slot_weekday <- publications.slot_at
-- column: slot_value <- publications.slot_value
-- column: slot_why <- publications.slot_why
-- column: queued_at <- publications.created_at
-- column: initiated_at <- publications.initiated_at
-- column: published_at <- publications.published_at
-- column: error <- publications.error
-- column: snapshot_at <- fct_engagement.taken_at, fct_engagement.is_latest
-- column: age_hours <- fct_engagement.age_hours
-- column: views <- fct_engagement.views
-- column: likes <- fct_engagement.likes
-- column: comments <- fct_engagement.comments
-- column: shares <- fct_engagement.shares
-- column: favorites <- fct_engagement.favorites
-- column: reach <- fct_engagement.reach
-- column: average_time_watched_s <- fct_engagement.average_time_watched_s
-- column: full_video_watched_rate <- fct_engagement.full_video_watched_rate
-- column: new_followers <- fct_engagement.new_followers
-- column: reward <- post_rewards.reward, post_rewards.post_id

SELECT
    publications.publication_id,
    publications.state,
    publications.post_id,
    publications.publish_id,
    publications.render_id,
    dim_videos.prompt_id,
    dim_videos.dream_id,
    CASE WHEN dim_dreams.consent_state = 'withdrawn' THEN NULL ELSE publications.caption END
        AS caption,
    publications.hashtags::JSON::VARCHAR[] AS hashtags,
    dim_videos.style_id,
    dim_dreams.setting,
    dim_dreams.motifs,
    prompts.policy_version AS style_policy_version,
    publications.policy_version,
    publications.slot_at,
    publications.slot_local,
    hour(timezone(getvariable('time_zone'), publications.slot_at)) AS slot_hour,
    -- Monday is 0, as in the timing policy.
    isodow(timezone(getvariable('time_zone'), publications.slot_at)) - 1 AS slot_weekday,
    publications.slot_value,
    publications.slot_why,
    publications.created_at AS queued_at,
    publications.initiated_at,
    publications.published_at,
    publications.error,
    fct_engagement.taken_at AS snapshot_at,
    fct_engagement.age_hours,
    fct_engagement.views,
    fct_engagement.likes,
    fct_engagement.comments,
    fct_engagement.shares,
    fct_engagement.favorites,
    fct_engagement.reach,
    fct_engagement.average_time_watched_s,
    fct_engagement.full_video_watched_rate,
    fct_engagement.new_followers,
    post_rewards.reward
FROM publications
JOIN dim_videos ON dim_videos.render_id = publications.render_id
JOIN dim_dreams ON dim_dreams.dream_id = dim_videos.dream_id
JOIN prompts ON prompts.prompt_id = dim_videos.prompt_id
LEFT JOIN fct_engagement
    ON fct_engagement.post_id = publications.post_id AND fct_engagement.is_latest
LEFT JOIN post_rewards ON post_rewards.post_id = publications.post_id
ORDER BY publications.slot_at DESC, publications.publication_id
