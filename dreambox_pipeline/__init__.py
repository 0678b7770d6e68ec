"""DreamBox: dreams told in TikTok comments become short AI videos.

The flow, one room per step, in `dreambox_pipeline.stages`:

    comments -> dreams -> prompts -> videos -> review -> posts -> engagement -> learning

`definitions` puts the flow together as a Dagster project, `cli` is the `dreambox`
command, `desk` is the reviewers' web app and `sandbox` is a local TikTok to try
everything against.
"""

__version__ = "0.1.0"
