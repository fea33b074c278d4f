"""Measurements of the product: `python -m bench`. docs/performance.md says how and what came of it."""
