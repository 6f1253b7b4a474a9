"""Tests of discovery and promotion."""
