# Takes a lock as huggingface_hub does, says so, and holds it until stdin ends or the process is killed.
import sys
from huggingface_hub.utils import WeakFileLock

with WeakFileLock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
