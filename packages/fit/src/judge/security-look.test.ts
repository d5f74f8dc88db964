import { describe, expect, test } from "vitest";
import { canCarryCode, lookAtSecurity } from "./security-look.ts";

const paths = (...names: string[]): { path: string }[] => names.map((path) => ({ path }));

describe("lookAtSecurity", () => {
  test("finds an ordinary MLX repo safe", () => {
    const look = lookAtSecurity({
      files: paths(
        ".gitattributes",
        "LICENSE",
        "README.md",
        "chat_template.jinja",
        "config.json",
        "merges.txt",
        "model-00001-of-00002.safetensors",
        "model.safetensors.index.json",
        "tokenizer.model",
        "qwen.tiktoken",
      ),
    });
    expect(look).toEqual({ verdict: "safe", findings: [] });
  });

  test("is cautious about pickles and code that the config asks for", () => {
    const look = lookAtSecurity({
      files: paths("pytorch_model.bin", "modeling_x.py", "setup.py", "old.npz"),
      description: { remoteCode: ["modeling_x.Model", "modeling_x.Config", "else/repo--m.Model"] },
    });
    expect(look.verdict).toBe("caution");
    expect(look.findings.map(({ code, severity, path }) => [code, severity, path])).toEqual([
      ["remote-code", "caution", "else/repo--m.Model"],
      ["remote-code", "caution", "modeling_x.py"],
      ["pickle", "caution", "pytorch_model.bin"],
      ["pickle", "note", "old.npz"],
      ["code-file", "note", "setup.py"],
    ]);
  });

  test("calls programs, bad headers and what the scanners condemn a danger", () => {
    const one = (facts: Parameters<typeof lookAtSecurity>[0]): string | undefined =>
      lookAtSecurity(facts).findings.find(({ severity }) => severity === "danger")?.code;
    const files = paths("a.safetensors", "b.dylib");
    expect(one({ files })).toBe("executable");
    const safe = paths("a.safetensors");
    expect(one({ files: safe, badHeaders: new Map([["a.safetensors", "it overlaps"]]) })).toBe(
      "bad-header",
    );
    expect(one({ files: safe, scans: new Map([["a.safetensors", "unsafe"]]) })).toBe("scan-unsafe");
  });

  test("does not condemn what the scanners have not seen yet", () => {
    const scans = new Map([["a.safetensors", "queued"]]);
    expect(lookAtSecurity({ files: paths("a.safetensors"), scans }).verdict).toBe("safe");
  });

  test("asks the scanners only about what could run", () => {
    expect(canCarryCode("model.safetensors")).toBe(false);
    expect(canCarryCode("sub/tokenizer.json")).toBe(false);
    expect(canCarryCode("sub/x.bin")).toBe(true);
    expect(canCarryCode("what.is-this")).toBe(true);
  });
});
