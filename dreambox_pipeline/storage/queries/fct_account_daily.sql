-- One row per UTC day of the account, with the hour in which most followers were active.
-- column: day <- account_metrics.day
-- column: followers <- account_metrics.followers
-- column: video_views <- account_metrics.video_views
-- column: profile_views <- account_metrics.profile_views
-- column: likes <- account_metrics.likes
-- column: comments <- account_metrics.comments
-- column: shares <- account_metrics.shares
-- column: busiest_hour_utc <- account_metrics.audience_activity

SELECT
    CAST(account_metrics.day AS DATE) AS day,
    account_metrics.followers,
    account_metrics.video_views,
    account_metrics.profile_views,
    account_metrics.likes,
    account_metrics.comments,
    account_metrics.shares,
    -- TikTok gives 24 counts, midnight first, and states no zone; UTC is assumed.
    list_position(account_metrics.audience_activity, list_max(account_metrics.audience_activity)) - 1
        AS busiest_hour_utc
FROM account_metrics
ORDER BY account_metrics.day DESC
