"""Have kernels use sockets that are files: Jupyter picks ports without holding them until the kernel starts."""

import os
import tempfile

c = get_config()  # noqa: F821 - Jupyter defines it
c.ConnectionFileMixin.transport = "ipc"
c.ConnectionFileMixin.ip = f"{tempfile.gettempdir()}/kernel-{os.getpid()}"
