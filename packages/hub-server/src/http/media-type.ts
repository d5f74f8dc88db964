const TYPES: Readonly<Record<string, string>> = {
  json: "application/json; charset=utf-8",
  md: "text/markdown; charset=utf-8",
  safetensors: "application/octet-stream",
  png: "image/png",
  jpg: "image/jpeg",
};

const TEXT = new Set(["txt", "jinja", "py", "yaml", "yml", "jsonl", "csv", "tiktoken"]);

/** The Content-Type of a file by its name. */
export function mediaType(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  if (TEXT.has(extension) || name.startsWith(".")) return "text/plain; charset=utf-8";
  return TYPES[extension] ?? "application/octet-stream";
}
