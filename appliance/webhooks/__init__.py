"""Telling other programs: one request over TLS, to a place that was looked up once."""
