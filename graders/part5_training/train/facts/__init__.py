"""Measure the facts that ``probes.py`` reports. You need not read this to write or change a check."""
