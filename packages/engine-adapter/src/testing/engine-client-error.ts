const CODES: Readonly<Record<number, string>> = {
  [-32001]: "ModelLoadError",
  [-32002]: "GenerationError",
  [-32003]: "TokenizerError",
  [-32005]: "ModelNotLoaded",
  [-32601]: "MethodNotFound",
  [-32602]: "InvalidParams",
  [-32099]: "RuntimeError",
};

/** The engine's word for a JSON-RPC error code. */
export function codeOf(code: number): string {
  return CODES[code] ?? "UnknownError";
}

/** The error of mlx-serving. Its `name` is not its class's. */
export class EngineClientError extends Error {
  override readonly name = "EngineError";
  readonly code: string;
  readonly details: object | undefined;

  constructor(code: string, message: string, details?: object) {
    super(message);
    this.code = code;
    this.details = details;
  }

  toObject(): { readonly code: string; readonly message: string; readonly details?: object } {
    const { code, message, details } = this;
    return { code, message, ...(details && { details }) };
  }
}
