import { parseBytes } from "@mlx-download/cache/amounts";
import type { FlagSpec } from "./flags/flag-spec.ts";
import { suggest } from "./suggest.ts";
import { usage } from "./usage.ts";

function readText(spec: FlagSpec, value: unknown): string {
  if (Array.isArray(value))
    throw usage(`--${spec.name} is given ${value.length} times`, "Give it once.");
  const text = String(value);
  if (text === "")
    throw usage(
      `--${spec.name} needs a value`,
      `Write --${spec.name} ${spec.value}; a value that starts with a dash is written --${spec.name}=VALUE.`,
    );
  if (spec.choices && !spec.choices.includes(text)) {
    const meant = suggest(text, spec.choices);
    throw usage(
      `--${spec.name} ${text} is not one of ${spec.choices.join(", ")}`,
      meant === undefined ? `Choose one of them.` : `Did you mean ${meant}?`,
    );
  }
  return text;
}

function readCount(spec: FlagSpec, value: unknown): number {
  const text = readText(spec, value);
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count > 0) return count;
  throw usage(
    `--${spec.name} ${text} is not a whole number above zero`,
    `For example --${spec.name} 8.`,
  );
}

function readPort(spec: FlagSpec, value: unknown): number {
  const text = readText(spec, value);
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw usage(
    `--${spec.name} ${text} is no port`,
    "Choose one from 1 to 65535, or 0 for a free one.",
  );
}

function readSize(spec: FlagSpec, value: unknown): number {
  const text = readText(spec, value);
  const bytes = parseBytes(spec.type === "rate" ? text.replace(/\/s$/i, "") : text);
  if (bytes !== undefined && bytes > 0) return bytes;
  if (spec.type === "rate")
    throw usage(
      `--${spec.name} ${text} is not a number of bytes a second`,
      `For example --${spec.name} 500k, 5M or 1.5MB.`,
    );
  throw usage(
    `--${spec.name} ${text} is not a size`,
    `For example --${spec.name} 500M, 1.5GB or 64GiB.`,
  );
}

/** Converts the parsed words of one option to its value in the flags. Throws `cli/usage`. */
export function readFlag(spec: FlagSpec, value: unknown): unknown {
  switch (spec.type) {
    case "switch":
      return Array.isArray(value) ? value.includes(true) : value === true;
    case "list":
      return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((item) =>
        readText(spec, item),
      );
    case "text":
      return value === undefined ? undefined : readText(spec, value);
    case "bytes":
    case "rate":
      return value === undefined ? undefined : readSize(spec, value);
    case "port":
      return value === undefined ? undefined : readPort(spec, value);
    case "count":
      return value === undefined ? undefined : readCount(spec, value);
  }
}
