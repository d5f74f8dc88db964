# Prints whether filelock finds the lock busy or free.
import sys
from filelock import FileLock, Timeout

try:
    with FileLock(sys.argv[1], timeout=0, mode=0o664):
        print("free")
except Timeout:
    print("busy")
