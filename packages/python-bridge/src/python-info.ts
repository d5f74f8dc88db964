/** A Python's facts about itself when the bridge starts. */
export interface PythonInfo {
  /** Its version, such as `3.12.1`. */
  readonly python: string;
  /** Absolute path of the interpreter. */
  readonly executable: string;
  readonly pid: number;
  /** Of huggingface_hub. Undefined where it is not installed. */
  readonly huggingfaceHub: string | undefined;
  /** Of hf_xet. Undefined where it is not installed. */
  readonly hfXet: string | undefined;
  /** Of mlx-lm. Undefined where it is not installed. */
  readonly mlxLm: string | undefined;
  /** Is it a virtual environment? */
  readonly venv: boolean;
  /** The system's own, into which pip must not install (PEP 668). */
  readonly externallyManaged: boolean;
}

/**
 * Reads the `hello` of the protocol. `too-old` from a Python that cannot run the bridge, undefined for any other line.
 */
export function readHello(
  line: string,
): PythonInfo | { readonly tooOld: string } | { readonly protocol: unknown } | undefined {
  const hello = field(parse(line), "hello");
  if (typeof hello !== "object" || hello === null) return undefined;
  const text = (name: string): string | undefined => {
    const value = field(hello, name);
    return typeof value === "string" ? value.slice(0, 1000) : undefined;
  };
  const python = text("python");
  if (python === undefined) return undefined;
  if (field(hello, "unsupported") === true) return { tooOld: python };
  if (field(hello, "protocol") !== 1) return { protocol: field(hello, "protocol") };
  const pid = field(hello, "pid");
  return {
    python,
    executable: text("executable") ?? "python",
    pid: typeof pid === "number" ? pid : 0,
    huggingfaceHub: text("huggingfaceHub"),
    hfXet: text("hfXet"),
    mlxLm: text("mlxLm"),
    venv: field(hello, "venv") === true,
    externallyManaged: field(hello, "externallyManaged") === true,
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
