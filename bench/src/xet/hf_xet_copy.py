"""hf_xet_copy.py upload STORE FILE (prints hash and size) | download STORE HASH SIZE FILE: with the real hf_xet, no server."""

import os
import sys
import tempfile
import warnings

with tempfile.TemporaryDirectory() as cache:
    os.environ["HF_XET_CACHE"] = cache
    import hf_xet

    warnings.simplefilter("ignore")
    action, store, *rest = sys.argv[1:]
    if action == "upload":
        (file,) = hf_xet.upload_files(rest, f"local://{store}", None, None, None, None)
        print(file.hash, file.file_size)
    else:
        file_hash, size, path = rest
        info = hf_xet.PyXetDownloadInfo(path, file_hash, int(size))
        hf_xet.download_files([info], f"local://{store}", None, None, None)
