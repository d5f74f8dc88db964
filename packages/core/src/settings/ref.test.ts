import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelDownloadError } from "../contract/errors.ts";
import { parseRepoRef } from "./ref.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

function errorOf(text: string): ModelDownloadError {
  try {
    parseRepoRef(text);
  } catch (error) {
    if (error instanceof ModelDownloadError) return error;
    throw error;
  }
  throw new Error(`${text} was accepted`);
}

function outcome(text: string): string {
  try {
    return parseRepoRef(text).repoId;
  } catch (error) {
    return error instanceof ModelDownloadError ? error.code : String(error);
  }
}

describe("parseRepoRef", () => {
  test.each([
    ["org/name", { repoId: "org/name" }],
    ["gpt2", { repoId: "gpt2" }],
    ["  org/name\n", { repoId: "org/name" }],
    ["org/name@main", { repoId: "org/name", revision: "main" }],
    ["org/name@refs/pr/1", { repoId: "org/name", revision: "refs/pr/1" }],
    [`org/name@${COMMIT}`, { repoId: "org/name", revision: COMMIT }],
    ["hf://org/name", { repoId: "org/name" }],
    ["HF://org/name/", { repoId: "org/name" }],
    ["hf://models/org/name@v1", { repoId: "org/name", revision: "v1" }],
    ["https://huggingface.co/org/name", { repoId: "org/name" }],
    ["https://huggingface.co/org/name/", { repoId: "org/name" }],
    ["https://huggingface.co/org/name?library=mlx#use", { repoId: "org/name" }],
    ["http://www.hf.co/org/name", { repoId: "org/name" }],
    ["huggingface.co/org/name", { repoId: "org/name" }],
    ["https://huggingface.co/models/org/name", { repoId: "org/name" }],
    ["https://huggingface.co/org/name/tree/main", { repoId: "org/name", revision: "main" }],
    [
      "https://huggingface.co/org/name/tree/refs/pr/7",
      { repoId: "org/name", revision: "refs/pr/7" },
    ],
    [
      "https://huggingface.co/org/name/tree/refs%2Fpr%2F7",
      { repoId: "org/name", revision: "refs/pr/7" },
    ],
    [`https://huggingface.co/org/name/commit/${COMMIT}`, { repoId: "org/name", revision: COMMIT }],
    ["https://huggingface.co/org/name/discussions/1", { repoId: "org/name" }],
    ["https://huggingface.co/org/name.git", { repoId: "org/name" }],
    ["git@hf.co:org/name.git", { repoId: "org/name" }],
    ["ssh://git@hf.co/org/name", { repoId: "org/name" }],
    ["org/name.git", { repoId: "org/name" }],
    ["org/name/tree/main", { repoId: "org/name", revision: "main" }],
    ["hf.co/org/name/tree/v1", { repoId: "org/name", revision: "v1" }],
    ["hf-mirror.com/org/name", { repoId: "org/name" }],
    ["https://hf-mirror.com/org/name/tree/main", { repoId: "org/name", revision: "main" }],
  ])("reads %j", (text, expected) => {
    expect(parseRepoRef(text, { env: {} })).toEqual(expected);
  });

  test.each([
    ["http://mirror.example:8080/hf/org/name", { repoId: "org/name" }],
    ["http://mirror.example:8080/hf/org/name/tree/v1", { repoId: "org/name", revision: "v1" }],
    ["mirror.example:8080/hf/org/name", { repoId: "org/name" }],
    ["https://other.example/org/name", { repoId: "org/name" }],
  ])("reads %j, an address on an endpoint of the request", (text, expected) => {
    const both = "http://mirror.example:8080/hf/, https://other.example";
    expect(parseRepoRef(text, { env: { HF_ENDPOINT: both } })).toEqual(expected);
    expect(parseRepoRef(text, { env: {}, endpoint: both.split(", ") })).toEqual(expected);
    expect(() => parseRepoRef(text, { env: {} })).toThrow(ModelDownloadError);
  });

  test("an address beside an endpoint's folder is none of its models", () => {
    const options = { env: { HF_ENDPOINT: "http://mirror.example/hf" } };
    expect(() => parseRepoRef("http://mirror.example/other/org/name", options)).toThrow(
      "neither on huggingface.co nor on the endpoint",
    );
  });

  test.each([
    ["", "org/name"],
    ["@main", "org/name"],
    ["org/name@", "org/name@main"],
    ["org / name", "Did you mean org/name?"],
    ["org/my model", "Did you mean org/my-model?"],
    [
      "org/name/model.safetensors",
      'org/name and choose files below it with `include: "model.safetensors*"`',
    ],
    ["models/org/name", "Write org/name."],
    ["org//name", "Did you mean org/name?"],
    ["org/name/", "Did you mean org/name?"],
    ["org\\name", "Write org/name."],
    ["./models/x", "model on disk"],
    ["/models/x", "model on disk"],
    ["~/models/x", "model on disk"],
    ["C:\\models", "model on disk"],
    ["..", "model on disk"],
    ["-h", "options"],
    ["--force", "options"],
    ["org/name:4bit", "org/name@revision"],
    ["org/name#v1", "write org/name@v1."],
    ["model.safetensors", "the file with the option `include`"],
    ["tokenizer_config.json", "the file with the option `include`"],
    ["ollama.com/library/llama3", "name a mirror with HF_ENDPOINT"],
    ["modelscope.cn/models/org/name", "name a mirror with HF_ENDPOINT"],
    ["models--org--name", "Write org/name instead."],
    ["/cache/hub/models--org--name/snapshots/x", "Write org/name instead."],
    ["https://example.com/org/name", "HF_ENDPOINT"],
    ["https://huggingface.co/", "org/name"],
    ["https://huggingface.co/org", "org/name"],
    ["https://huggingface.co/api/models/org/name", "org/name"],
    [
      "https://huggingface.co/org/name/blob/main/config.json",
      'org/name@main and add `include: "config.json"`',
    ],
    ["https://huggingface.co/org/name/tree/main/sub", 'org/name@main and add `include: "sub/*"`'],
    ["https://huggingface.co/%E0%A4%A/x", "org/name"],
    ["org/name@../../x", ""],
    ["org/name@a..b", ""],
    ["org/..", "org/name"],
    ["org/../name", "org/name"],
    ["org/a--b", ""],
  ])("refuses %j with a hint that holds %j", (text, hint) => {
    const error = errorOf(text);
    expect(error.code).toBe("ref/invalid");
    expect(error.hint).toContain(hint);
    expect(error.data).toEqual({ ref: text });
  });

  test.each([
    "datasets/org/name",
    "hf://datasets/org/name",
    "spaces/org/name",
    "https://huggingface.co/datasets/org/name",
    "https://huggingface.co/collections/org/x-1",
    "hf://buckets/org/name",
  ])("says that %s is no model", (text) => {
    expect(errorOf(text).code).toBe("ref/unsupported-repo-type");
  });

  test.each<unknown>([undefined, null, 42, {}])("says that %s is no text", (given) => {
    expect(errorOf(given as string)).toMatchObject({ code: "ref/invalid" });
  });

  test("gives a repo id that can be a folder, or a coded error, for any text", () => {
    const text = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.stringMatching(/^(hf:\/\/|https:\/\/huggingface.co\/)?[\w./@ %-]{1,40}$/),
    );
    fc.assert(
      fc.property(text, (given) => {
        expect(outcome(given)).toMatch(/^[\w.-]{1,96}(\/[\w.-]{1,96})?$/);
      }),
      { numRuns: 1000 },
    );
  });
});
