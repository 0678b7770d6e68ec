"""Pictures and sound: the generation job, the clip, its checks, its finished form."""
