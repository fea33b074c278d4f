"""Portretkluis: a safe for portraits that knows who may be published for what, and enforces it."""

__version__ = "0.1.0"
