"""Connects to sockets of the host, among them abstract ones."""

SQUARE = r"""
import socket
for path in ("/run/dbus/system_bus_socket", "/var/run/docker.sock", "/run/systemd/private", "\0/tmp/.X11-unix/X0"):
    try:
        s = socket.socket(socket.AF_UNIX)
        s.connect(path)
        print("CONNECTED", path)
    except OSError as error:
        print(error)
def square(x):
    return 0
"""

FORBIDDEN = ("CONNECTED",)
