"""Structured logs: one JSON object a line, without names, file names or tokens."""

import logging
import sys

import structlog

# Libraries log in sentences of their own, which may hold anything; only their warnings are let through,
# and only by the logger's name.
_LOUDEST = logging.WARNING


def set_up_logs() -> None:
    """Write our own events to standard error as JSON; of libraries, that a warning came, not its text."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # whatever it is at that moment
    )
    logging.basicConfig(handlers=[_Guarded()], level=_LOUDEST, force=True)


class _Guarded(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        told = {"library": record.name, "line": record.lineno, "kind": kind}
        try:
            structlog.get_logger().warning("library_warning", **told)
        except (OSError, ValueError):  # a log that cannot be written must not end the server
            self.handleError(record)
