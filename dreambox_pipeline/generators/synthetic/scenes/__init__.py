"""The places of dreams: one builder per setting, looked up in `catalogue`.

A builder bakes layers and returns a `plan.Plan`; the dreamer and the motifs are added by `scene`.
"""
