"""Submissions that try to gain, see or spoil what they must not."""
