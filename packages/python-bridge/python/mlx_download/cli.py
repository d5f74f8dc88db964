"""The command: ``download``, ``list`` and ``cache``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from ._version import __version__
from .downloader import MLXModelDownloader
from .errors import ModelDownloadError
from .hub import SORTS


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code, the same as of the ``mlx-download`` that Node runs."""
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except ModelDownloadError as error:
        if getattr(arguments, "json", False):
            told = {
                "code": error.code,
                "message": error.message,
                "hint": error.hint,
                "exitCode": exit_code(error.code),
            }
            print(json.dumps({"schema": 1, "error": told}, indent=2))
        print(f"error: {error.message}\n{error.hint}".rstrip(), file=sys.stderr)
        return exit_code(error.code)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read has had enough; Python must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


#: As docs/reference/exit-codes.md has them; what is not here is 1.
_EXIT_CODES = {
    2: "ref/invalid settings/invalid cache/invalid-repo-id cache/invalid-revision python/no-hub-client "
    "lock/out-of-date lock/conflict lock/version lock/invalid",
    3: "hub/unauthorized hub/gated hub/forbidden hub/disabled",
    4: "hub/repo-not-found hub/revision-not-found hub/entry-not-found offline/not-cached cache/not-found",
    5: "hub/unreachable hub/unavailable hub/bad-response hub/redirect-loop transfer/interrupted transfer/stalled",
    6: "disk/insufficient disk/full cache/disk-full cache/not-writable cache/not-readable cache/damaged",
    7: "transfer/checksum-mismatch transfer/size-mismatch cache/size-mismatch lock/tampered",
    9: "cache/locked",
    10: "hub/unsafe-tree cache/pinned",
    75: "hub/rate-limited",
}


def exit_code(code: str) -> int:
    """The exit code of an error; 1 for what has none of its own."""
    return next((number for number, codes in _EXIT_CODES.items() if code in codes.split()), 1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mlx-download", description="Download and manage MLX models."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    download = commands.add_parser("download", help="download a model")
    download.add_argument("repo_id", metavar="REPO[@REVISION]|ALIAS")
    download.add_argument("--revision", help="branch, tag or commit")
    download.add_argument("--local-dir", help="plain files into this folder")
    download.add_argument("--allow-patterns", nargs="+", metavar="PATTERN")
    download.add_argument("--ignore-patterns", nargs="+", metavar="PATTERN")
    download.add_argument("--force", action="store_true", help="fetch everything anew")
    download.add_argument("--cache-dir")
    download.set_defaults(run=_download)

    listing = commands.add_parser("list", help="list models of the Hub")
    listing.add_argument("--filter", dest="filter_str", help="words in the name")
    listing.add_argument("--limit", type=_count, default=50)
    listing.add_argument("--sort", choices=sorted(SORTS), default="downloads")
    listing.set_defaults(run=_list)

    cache = commands.add_parser("cache", help="show or clear the cache")
    actions = cache.add_mutually_exclusive_group()
    actions.add_argument("--list", action="store_true", help="show what is there (the default)")
    actions.add_argument("--clear", action="store_true", help="remove every MLX model")
    actions.add_argument("--clear-model", metavar="REPO", help="remove one model")
    cache.add_argument("--yes", action="store_true", help="do not ask before --clear")
    cache.add_argument("--cache-dir")
    cache.set_defaults(run=_cache)

    for command in (download, listing, cache):
        command.add_argument("--json", action="store_true", help="JSON on stdout, nothing else")
        command.add_argument("--quiet", action="store_true", help="say nothing on stderr but errors")
        if command is not cache:
            command.add_argument(
                "--token", help="better in HF_TOKEN: others on this machine can see arguments"
            )
    return parser


def _count(text: str) -> int:
    if text.isdigit() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")


def _downloader(arguments: argparse.Namespace) -> MLXModelDownloader:
    quiet = arguments.quiet or arguments.json
    if quiet:
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    return MLXModelDownloader(
        cache_dir=getattr(arguments, "cache_dir", None),
        token=getattr(arguments, "token", None),
        verbose=not quiet,
    )


def _download(arguments: argparse.Namespace) -> int:
    info = _downloader(arguments).download_model(
        arguments.repo_id,
        local_dir=arguments.local_dir,
        allow_patterns=arguments.allow_patterns,
        ignore_patterns=arguments.ignore_patterns,
        force_download=arguments.force,
        revision=arguments.revision,
    )
    _show(info.to_dict()) if arguments.json else print(info.path)
    return 0


def _list(arguments: argparse.Namespace) -> int:
    models = _downloader(arguments).list_mlx_models(
        arguments.filter_str, arguments.limit, arguments.sort
    )
    if arguments.json:
        _show([model.to_dict() for model in models])
    else:
        for model in models:
            print(f"{model.repo_id}\t{model.downloads}\t{model.likes}")
    return 0


def _cache(arguments: argparse.Namespace) -> int:
    downloader = _downloader(arguments)
    if arguments.clear_model or arguments.clear:
        if arguments.clear and not arguments.yes and not _agreed(downloader):
            return 1
        removed = downloader.clear_cache(arguments.clear_model)
        if arguments.clear_model and not removed:
            raise ModelDownloadError(
                f"{arguments.clear_model} is not in the cache ({downloader.cache_dir})",
                "cache/not-found",
                hint="mlx-download cache --list shows what is there.",
                repo_id=arguments.clear_model,
            )
        if arguments.json:
            _show({"schema": 1, "removed": removed})
        return 0
    models = downloader.get_cached_models()
    if arguments.json:
        _show([model.to_dict() for model in models])
    else:
        for model in models:
            print(f"{model.repo_id}\t{_size(model.size_bytes)}\t{model.quantization or '-'}\t{model.path}")
    return 0


def _agreed(downloader: MLXModelDownloader) -> bool:
    if not sys.stdin.isatty():
        print("error: --clear deletes models; say --yes", file=sys.stderr)
        return False
    print(f"Remove every MLX model from {downloader.cache_dir}? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _size(count: int) -> str:
    for unit, step in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= step:
            return f"{count / step:.2f} {unit}"
    return f"{count} B"


def _show(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False))
