import { execFileSync } from "node:child_process";
import { pythonEnv } from "@mlx-download/test-utils";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SelectionOptions } from "../contract/options.ts";
import { createSelector } from "./select.ts";

const select = (paths: readonly string[], options: SelectionOptions, size = 1): readonly string[] =>
  createSelector(options)(paths.map((path) => ({ path, size }))).map(({ path }) => path);

describe("createSelector", () => {
  const docs = ["a.pdf", "p.jpg", ".h.pdf", ".p.png"];

  test.each<[readonly string[], SelectionOptions, readonly string[]]>([
    [docs, { include: "*.pdf" }, ["a.pdf", ".h.pdf"]],
    [docs, { include: ["*.pdf"], exclude: ".*" }, ["a.pdf"]],
    [docs, { include: ["*.png", "*.jpg"], exclude: [".*"] }, ["p.jpg"]],
    [
      ["f.txt", "path/to/f.txt", "nested/path/to/f.txt"],
      { include: "path/to/" },
      ["path/to/f.txt"],
    ],
    [
      ["data/f.json", "data/sub/f.json"],
      { include: "data/*.json" },
      ["data/f.json", "data/sub/f.json"],
    ],
    [["f.txt"], { include: "" }, []],
    [["f.txt"], { include: [] }, []],
    [["f.txt"], { exclude: "" }, ["f.txt"]],
    [["README.md", "notes.MD"], { include: "*.MD" }, ["notes.MD"]],
    [
      ["unet/config.json", "vae/config.json"],
      { include: "unet\\config.json" },
      ["unet/config.json"],
    ],
    [["unet/config.json", "unet/model.bin"], { exclude: "unet\\*.json" }, ["unet/model.bin"]],
    [["sub/a", "sub"], { include: "sub" }, ["sub"]],
  ])("of %j with %j takes %j", (files, options, expected) => {
    expect(select(files, options)).toEqual(expected);
  });

  const python = pythonEnv("hub-2.4.0");

  test.skipIf(!python)("takes the same files as huggingface_hub's filter_repo_objects", () => {
    const unit = fc.constantFrom(...Array.from("ab./*?[]\\!-"));
    const patterns = fc.option(fc.array(fc.string({ unit, maxLength: 6 }), { maxLength: 3 }), {
      nil: null,
    });
    const path = fc.string({
      unit: fc.constantFrom(...Array.from("ab./\\")),
      minLength: 1,
      maxLength: 6,
    });
    const cases = fc.sample(fc.tuple(fc.uniqueArray(path, { maxLength: 6 }), patterns, patterns), {
      numRuns: 5000,
      seed: 2,
    });
    const program = `import sys, json
from huggingface_hub.utils import filter_repo_objects
print(json.dumps([list(filter_repo_objects(f, allow_patterns=a, ignore_patterns=i)) for f, a, i in json.load(sys.stdin)]))`;
    const out = execFileSync(python?.python ?? "", ["-c", program], {
      input: JSON.stringify(cases),
      maxBuffer: 1 << 26,
    });
    const expected = JSON.parse(out.toString()) as string[][];
    const actual = cases.map(([files, include, exclude]) =>
      select(files, { include: include ?? undefined, exclude: exclude ?? undefined }),
    );
    expect(actual).toEqual(expected);
  });
});

describe("with nothing said", () => {
  const LARGE = 11_000_000;
  const foreign = [
    "pytorch_model.bin",
    "model.gguf",
    "onnx/model.onnx",
    "consolidated.00.safetensors",
    "original/params.pth",
    "weights.npz",
  ];
  const own = ["config.json", "model-00001-of-00002.safetensors", "tokenizer.json", "image.png"];

  test("weights of other formats stay away from a repo that has MLX weights", () => {
    expect(select([...own, ...foreign], {}, LARGE)).toEqual(own);
  });

  test("small files come whatever they are called", () => {
    expect(select([...own, ...foreign], {}, 100)).toEqual([...own, ...foreign]);
  });

  test("a repo without MLX weights comes whole", () => {
    expect(select(["config.json", ...foreign], {}, LARGE)).toEqual(["config.json", ...foreign]);
  });

  test("exclude leaves out more, and any preset or include says it all", () => {
    const files = [...own, ...foreign];
    expect(select(files, { exclude: "*.png" }, LARGE)).toEqual(
      own.filter((path) => path !== "image.png"),
    );
    expect(select(files, { include: "*.gguf" }, LARGE)).toEqual(["model.gguf"]);
    expect(select(files, { preset: "all" }, LARGE)).toEqual(files);
  });
});

describe("presets", () => {
  const files = [
    ".gitattributes",
    "LICENSE",
    "README.md",
    "chat_template.jinja",
    "config.json",
    "consolidated.safetensors",
    "generation_config.json",
    "image.png",
    "merges.txt",
    "model.gguf",
    "model.safetensors",
    "model.safetensors.index.json",
    "modeling.py",
    "sub/config.json",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "vocab.tiktoken",
    "weights.00.safetensors",
  ];
  // The patterns of mlx_lm 0.32.
  const mlxLm = [
    "*.json",
    "model*.safetensors",
    "*.py",
    "tokenizer.model",
    "*.tiktoken",
    "tiktoken.model",
    "*.txt",
    "*.jsonl",
    "*.jinja",
  ];

  test("mlx takes at least the files that mlx-lm asks for, and leaves foreign weights", () => {
    const taken = select(files, { preset: "mlx" });
    expect(taken).toEqual(expect.arrayContaining([...select(files, { include: mlxLm })]));
    expect(files.filter((path) => !taken.includes(path))).toEqual([
      ".gitattributes",
      "consolidated.safetensors",
      "image.png",
      "model.gguf",
    ]);
  });

  test("tokenizer leaves the weights, config takes only the files that describe a model", () => {
    expect(
      select(files, { preset: "tokenizer" }).filter((path) => path.endsWith(".safetensors")),
    ).toEqual([]);
    expect(select(files, { preset: "config" })).toEqual([
      "README.md",
      "config.json",
      "generation_config.json",
      "model.safetensors.index.json",
      "tokenizer_config.json",
    ]);
  });

  test("include adds to a preset, exclude takes from both", () => {
    const options = { preset: "config", include: "*.png", exclude: "README.md" } as const;
    const taken = select(files, options);
    expect(taken).toContain("image.png");
    expect(taken).not.toContain("README.md");
  });
});
