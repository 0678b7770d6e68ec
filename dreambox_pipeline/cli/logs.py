"""How a command's own log lines look: readable, and without anything a frame happened to hold."""

import structlog


def configure_logs() -> None:
    """Print log lines for people; a traceback shows no local variables, which may be tokens or texts."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ]
    )
