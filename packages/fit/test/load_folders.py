"""Makes folders of tiny models, sound and broken in every way that was seen, and loads each with mlx_lm.load.

argv: a folder with a tokenizer, and the folder to write to. stdin: {"configs": {module: config}, "broken": [modules that
are broken too], "further": [those of them that are broken in more ways]}. stdout, one line a folder: {"name", "path", "loads", "error"}.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

os.environ["MLX_DISABLE_COMPILE"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"

import mlx.core as mx
from folder_ways import ways
from further_ways import further_ways
from mlx_lm import utils
from model_folder import plain

mx.set_default_device(mx.cpu)
tokenizer, out = map(Path, sys.argv[1:3])
asked = json.load(sys.stdin)


def tried(name, folder):
    path = out / name
    folder.write(path, tokenizer)
    try:
        _, loaded = utils.load(str(path))
        # Transformers makes an empty tokenizer of nothing for some model types: it takes no prompt.
        if not [token for token in loaded.encode("the first one") if token != loaded.unk_token_id]:
            raise ValueError("its tokenizer knows no word")
        return {"name": name, "path": str(path), "loads": True, "error": None}
    except Exception as error:
        return {"name": name, "path": str(path), "loads": False, "error": f"{type(error).__name__}: {error}"[:300]}


def folders():
    for module, config in asked["configs"].items():
        yield f"{module}-sound", lambda: plain(config)
    for module in asked["broken"]:
        config = asked["configs"][module]
        for kinds in [ways, further_ways] if module in asked["further"] else [ways]:
            yield from ((f"{module}-{name}", lambda f=folder: f) for name, folder in kinds(config) if folder is not None)


def work(start):
    # What a loader prints goes elsewhere.
    said, sys.stdout = sys.stdout, sys.stderr
    for at, (name, make) in enumerate(folders()):
        if at >= start:
            print(json.dumps({"name": name, "path": str(out / name)}), file=said, flush=True)
            print(json.dumps(tried(name, make())), file=said, flush=True)


def supervise():
    """MLX ends some loads with a signal: the work goes on behind them in another process."""
    start = 0
    while True:
        begun, ended = None, 0
        child = subprocess.Popen([sys.executable, *sys.argv, str(start)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        child.stdin.write(json.dumps(asked))
        child.stdin.close()
        for line in child.stdout:
            found = json.loads(line)
            if "loads" not in found:
                begun = found
                continue
            begun, ended = None, ended + 1
            print(line, end="", flush=True)
        if child.wait() == 0:
            return
        if begun is None:
            sys.exit(1)
        print(json.dumps({**begun, "loads": False, "error": f"ended by signal {-child.returncode}"}), flush=True)
        start += ended + 1


work(int(sys.argv[3])) if len(sys.argv) > 3 else supervise()
