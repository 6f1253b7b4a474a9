"""Tests of the export into the files of learning management systems."""
