"""hf_xet_peer.py upload CAS TOKEN EXPIRY FILE (prints hash and size) | download CAS TOKEN EXPIRY HASH SIZE FILE."""

import os
import sys
import tempfile
import warnings

with tempfile.TemporaryDirectory() as cache:
    # What it uploaded to a storage is known there, so that the next upload shares its xorbs.
    os.environ.setdefault("HF_XET_CACHE", cache)
    os.environ["HF_XET_TELEMETRY_ENABLED"] = "0"
    import hf_xet

    warnings.simplefilter("ignore")
    action, endpoint, token, expiry, *rest = sys.argv[1:]
    token_info = (token, int(expiry))
    if action == "upload":
        (file,) = hf_xet.upload_files(rest, endpoint, token_info, None, None, None)
        print(file.hash, file.file_size)
    else:
        file_hash, size, path = rest
        info = hf_xet.PyXetDownloadInfo(path, file_hash, int(size))
        hf_xet.download_files([info], endpoint, token_info, None, None, None)
