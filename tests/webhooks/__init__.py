"""Tests of telling other programs."""
