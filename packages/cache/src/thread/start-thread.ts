import { Worker, type WorkerOptions } from "node:worker_threads";

/** Where a package keeps the programs of its threads. */
export interface ThreadPrograms {
  /** The address of the module that asks: from source the program lies beside it, as `<name>.ts`. */
  readonly from: string;
  /** The programs as text, by name, filled in by the build. Empty from source. */
  readonly texts: Readonly<Record<string, string>>;
}

let isTold = false;

/**
 * Starts a thread from the program's text, which a bundler keeps with the code, or, from source,
 * from the file. Throws where this program may not start threads. `withoutThreads` then reports it,
 * once.
 */
export function startThread(
  name: string,
  { from, texts }: ThreadPrograms,
  options: WorkerOptions = {},
): Worker {
  const text = texts[name];
  return text === undefined
    ? new Worker(new URL(`${name}.ts`, from), { execArgv: [], ...options })
    : new Worker(text, { execArgv: [], ...options, eval: true });
}

/**
 * Reports, once in this process and as a process warning, that work runs more slowly without
 * threads.
 */
export function withoutThreads(reason: unknown): void {
  if (isTold) return;
  isTold = true;
  process.emitWarning(messageWithoutThreads(reason), { code: "transfer/no-threads" });
}

/** The sentence of `withoutThreads`. */
export function messageWithoutThreads(reason: unknown): string {
  const why = reason instanceof Error ? reason.message : String(reason);
  return `mlx-download cannot start threads here and works more slowly without them (${why})`;
}
