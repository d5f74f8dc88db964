"""Prints the commit of each repo's main as huggingface_hub reads it offline, after reading every file of it."""

import json
import os
import sys
from huggingface_hub import scan_cache_dir, snapshot_download

cache, *repos = sys.argv[1:]
found = {}
for repo in repos:
    path = snapshot_download(repo, cache_dir=cache, local_files_only=True)
    for name in ["config.json", "README.md", "chat_template.jinja", "tokenizer.json", "model.safetensors", "id.txt"]:
        with open(os.path.join(path, name), "rb") as file:
            content = file.read()
            assert content, name
            assert name != "id.txt" or content.decode() == repo
            assert name != "model.safetensors" or len(content) == 40_000
    found[repo] = os.path.basename(path)
warnings = [str(warning) for warning in scan_cache_dir(cache).warnings]
assert not warnings, warnings
print(json.dumps(found))
