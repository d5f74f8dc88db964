from __future__ import annotations

import errno

import pytest

from mlx_download.cached_models import check_repo_id, quantization_label
from mlx_download.errors import ModelDownloadError
from mlx_download.failure import failure_of, redact


class Response:
    def __init__(self, status: int, headers: dict[str, str], text: str) -> None:
        self.status_code, self.headers, self.text, self.url = status, headers, text, "http://h/p"


class AnswerError(Exception):
    def __init__(self, response: Response) -> None:
        super().__init__("said no")
        self.response = response


def raised(outer: Exception, cause: BaseException) -> Exception:
    try:
        raise outer from cause
    except Exception as error:  # noqa: BLE001
        return error


def test_an_answer_is_found_behind_what_wraps_it() -> None:
    error = AnswerError(Response(403, {"x-error-code": "GatedRepo", "set-cookie": "no"}, "Bearer abc"))
    failure = failure_of(raised(FileNotFoundError("not cached"), error), path="a.txt")
    assert failure == {
        "kind": "answer",
        "status": 403,
        "headers": {"x-error-code": "GatedRepo"},
        "url": "http://h/p",
        "body": "<secret>",
        "path": "a.txt",
    }


class ConnectError(Exception):
    pass


class ReadTimeout(Exception):
    pass


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (raised(ConnectError("x"), ConnectionRefusedError(errno.ECONNREFUSED, "refused")), "ECONNREFUSED"),
        (ConnectError("[Errno -2] Name or service not known"), "ENOTFOUND"),
        (ReadTimeout("late"), "UND_ERR_BODY_TIMEOUT"),
        (raised(ConnectError("x"), ConnectionResetError(errno.ECONNRESET, "reset")), "ECONNRESET"),
    ],
)
def test_the_network_s_failures_are_told_by_system_codes(error: Exception, code: str) -> None:
    failure = failure_of(error, midway=True)
    assert (failure["kind"], failure["code"], failure["midway"]) == ("network", code, True)


def test_the_disk_s_failures_keep_their_path() -> None:
    failure = failure_of(OSError(errno.ENOSPC, "No space left", "/x/y"))
    assert (failure["kind"], failure["code"], failure["path"]) == ("system", "ENOSPC", "/x/y")


def test_anything_else_says_what_it_was() -> None:
    failure = failure_of(RuntimeError("with hf_abcdefghijkl in it"))
    assert failure["code"] == "python/failed"
    assert failure["message"] == "the Python client failed: RuntimeError: with <secret> in it"


def test_secrets_are_taken_out() -> None:
    assert redact("Authorization: Bearer hf_abcdefghij; hf_0123456789") == "Authorization: <secret> <secret>"
    assert redact("of a login: hf_oauth_eyJhbGciOi.eyJzdWIi-x.c2ln_0 given") == "of a login: <secret> given"
    assert redact("hf_transfer, hf_xet and hf_hub_download stay") == "hf_transfer, hf_xet and hf_hub_download stay"


@pytest.mark.parametrize("good", ["gpt2", "org/name", "a_b/c.d-e", "mlx-community/Qwen2.5-7B-4bit"])
def test_repo_ids_are_taken(good: str) -> None:
    assert check_repo_id(good) == good


@pytest.mark.parametrize("bad", ["", "/", "a/", "a//b", "..", "a/..", "-a/b", "a/b.git", "a--b", "a\\b", "a b", "a/b\n"])
def test_other_texts_are_not(bad: str) -> None:
    with pytest.raises(ModelDownloadError):
        check_repo_id(bad)


@pytest.mark.parametrize(
    ("config", "label"),
    [
        ({"quantization": {"bits": 4, "group_size": 64}}, "4bit-g64"),
        ({"quantization": {"bits": 4, "mode": "mxfp4"}}, "mxfp4"),
        ({"quantization_config": {"quant_method": "awq"}}, "awq"),
        ({"text_config": {"quantization": {"bits": 8, "group_size": 32}}}, "8bit-g32"),
        ({"torch_dtype": "bfloat16"}, "bfloat16"),
        ({}, None),
    ],
)
def test_quantization_is_read_from_the_config(config: dict[str, object], label: str | None) -> None:
    assert quantization_label(config) == label
