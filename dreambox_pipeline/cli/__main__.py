"""`python -m dreambox_pipeline.cli`, for processes that DreamBox starts itself."""

from dreambox_pipeline.cli.app import main

main()
