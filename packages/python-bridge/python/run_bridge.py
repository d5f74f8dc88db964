# Starts the bridge from this folder, installed or not. Kept to what Pythons since 2.7 can read, so that an old one
# can say that it is too old.
import sys

if sys.version_info < (3, 10):
    version = ".".join(str(part) for part in sys.version_info[:3])
    sys.stdout.write('{"hello":{"protocol":1,"python":"%s","unsupported":true}}\n' % version)
    sys.stdout.flush()
    sys.exit(0)

import os

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from mlx_download.bridge.server import serve  # noqa: E402

serve()
