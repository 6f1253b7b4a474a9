"""Names for made-up students."""

from __future__ import annotations

_FIRST = """
Amina Bruno Chiara Dmitri Elif Farid Greta Hiroshi Ines Jonas Keiko Luca Mei Nadia Omar Paula Quentin Rosa Samir Tara
Ulla Victor Wanjiru Ximena Yusuf Zofia Anton Bianca Chidi Dana Emil Fatima
""".split()  # noqa: SIM905 - a list of 32 strings is harder to read
_LAST = """
Almeida Berg Castillo Dahl Eze Farkas Greco Haddad Ivanova Jansen Kimura Lindqvist Moreau Novak Okafor Petrov Quispe
Rossi Sato Tanaka Usman Vargas Weber Xu Yilmaz Zhang Abebe Bauer Costa Duval Endo Fischer
""".split()  # noqa: SIM905


def student_name(number: int) -> tuple[str, str]:
    """Return the first and the last name of a class's student of that number; the first 1024 names differ."""
    # Both lists have 32 names. The shift grows with each round, so that no pair comes twice.
    return _FIRST[number % len(_FIRST)], _LAST[(7 * number + number // len(_FIRST)) % len(_LAST)]
