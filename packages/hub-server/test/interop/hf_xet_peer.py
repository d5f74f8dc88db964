"""The real hf_xet on a storage: hf_xet_peer.py CAS TOKEN EXPIRY upload FILE… | download FILE HASH SIZE."""

import json
import os
import sys
import tempfile
import warnings

# A cache of its own: the shard cache is keyed by the endpoint's URL, and a port can come again.
os.environ["HF_XET_CACHE"] = tempfile.mkdtemp()
os.environ["HF_XET_CLIENT_RETRY_BASE_DELAY"] = "50ms"
import hf_xet  # noqa: E402

warnings.simplefilter("ignore")
endpoint, token, expiry, action, *rest = sys.argv[1:]
token_info = (token, int(expiry))
if action == "upload":
    uploaded = hf_xet.upload_files(rest, endpoint, token_info, None, None, None)
    print(json.dumps([{"hash": file.hash, "size": file.file_size} for file in uploaded]))
else:
    path, file_hash, size = rest
    info = hf_xet.PyXetDownloadInfo(path, file_hash, int(size))
    print(json.dumps(hf_xet.download_files([info], endpoint, token_info, None, None)))
