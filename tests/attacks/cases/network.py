"""Connects to hosts, resolves names, listens."""

SQUARE = r"""
import socket
for attempt in (lambda: socket.create_connection(("1.1.1.1", 53), 0.3), lambda: socket.create_connection(("127.0.0.1", 22), 0.3), lambda: print("RESOLVED", socket.gethostbyname("example.com")), lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("8.8.8.8", 53))):
    try:
        attempt()
        print("CONNECTED")
    except OSError as error:
        print(error)
def square(x):
    return 0
"""

FORBIDDEN = ("CONNECTED", "RESOLVED")
