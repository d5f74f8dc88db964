import { isOn } from "./shell/is-on.ts";
import type { Invocation } from "./command-line/command-spec.ts";
import { parseCommandLine } from "./command-line/parse.ts";
import { commandTable } from "./commands/table.ts";
import { findConfigPath, readConfig } from "./config/config-file.ts";
import { configuredEnv, configuredFlags } from "./config/configured.ts";
import { watchInterrupts } from "./shell/interrupt.ts";
import { createOutput } from "./shell/output.ts";
import { createShellRecord } from "./shell/record.ts";
import { plainVariable } from "./progress/progress-display.ts";
import { writeResult } from "./shell/result.ts";
import type { Shell } from "./shell/shell.ts";
import type { Trace } from "./shell/trace.ts";
import { styleFor } from "./text/style.ts";

/** Ends like a program killed by SIGPIPE when the reader of `--events` closes the pipe early. */
const brokenPipeExit = 141;

function warnAboutToken(invocation: Invocation, shell: Shell): void {
  if (invocation.flags.token === undefined || invocation.flags.quiet) return;
  shell.stderr.write(
    "warning: --token is visible to other users of this machine; use --token-stdin or HF_TOKEN.\n",
  );
}

/** Whether a program reads the output: `--agent`, or `MLX_DOWNLOAD_AGENT` for all commands. */
function isAgent(words: readonly string[], env: NodeJS.ProcessEnv): boolean {
  return words.includes("--agent") || isOn(env, "MLX_DOWNLOAD_AGENT");
}

/** Options for a program: one JSON value (or the events), and no other output. */
function forAgent(invocation: Invocation): Invocation {
  const { flags } = invocation;
  return { ...invocation, flags: { ...flags, json: !flags.events, quiet: true } };
}

/** The words before `--`. The words after it are refs, whatever they look like. */
function optionWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf("--");
  return end < 0 ? argv : argv.slice(0, end);
}

/**
 * No words at all, `--help` anywhere, and `help cache ls` as in other programs (a model of that
 * name: `get help`).
 */
function asksForHelp(argv: readonly string[], words: readonly string[]): boolean {
  const asked = words[0] === "help" || words.includes("--help") || words.includes("-h");
  return argv.length === 0 || asked;
}

/** From undici, at the first request through a SOCKS proxy. The user can do nothing about it. */
const unhelpful = /^SOCKS5 proxy support is experimental/;

/**
 * Keeps Node's note on experimental SOCKS off this process's standard error. All other warnings
 * stay.
 */
function quietWarnings(): void {
  const emitWarning = process.emitWarning.bind(process) as (...given: unknown[]) => void;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    const text = warning instanceof Error ? warning.message : warning;
    if (!unhelpful.test(text)) emitWarning(warning, ...rest);
  };
}

/**
 * Runs `mlx-download` with the words after its name, on this process's streams and signals, and
 * returns the exit code. All output has left the process by then. Never throws.
 */
export async function runCli(argv: readonly string[], version: string): Promise<number> {
  const { env: processEnv, stdout: out, stderr } = process;
  const words = optionWords(argv);
  const events = words.includes("--events");
  const agent = isAgent(words, processEnv);
  const interrupt = watchInterrupts();
  const stdout = createOutput(out, () => {
    if (events) interrupt.abort(new Error("the reader of the events went away"));
  });
  createOutput(stderr);
  quietWarnings();
  const shell: { -readonly [Key in keyof Shell]: Shell[Key] } = {
    argv,
    version,
    agent,
    env: processEnv,
    processEnv,
    // Opened on first use: few commands read it, and opening takes 3 ms.
    get stdin() {
      return process.stdin;
    },
    stdout,
    stdoutStyle: {
      ...styleFor(out, processEnv),
      ...(agent ? { color: false } : {}),
      columns: out.isTTY ? out.columns || 80 : undefined,
    },
    stderr,
    stderrStyle: styleFor(stderr, processEnv),
    interrupt,
    record: createShellRecord(),
  };
  let trace: Trace | undefined;
  let exitCode = 1;
  let quiet = true;
  try {
    if (asksForHelp(argv, words)) {
      const { helpText } = await import("./command-line/help.ts");
      // A pager shows it on the terminal of standard error.
      const columns =
        shell.stdoutStyle.columns ?? (stderr.isTTY ? stderr.columns : undefined) ?? 100;
      await stdout.write(
        `${helpText(words, version, { ...shell.stdoutStyle, columns, table: commandTable })}\n`,
      );
      return 0;
    }
    const parsed = await parseCommandLine(argv, commandTable);
    if (parsed.flags.version) {
      const { flags } = parsed;
      const body = { version, node: process.versions.node, platform: process.platform };
      await writeResult(body, `${version}\n`, { flags, shell });
      return 0;
    }
    warnAboutToken(parsed, shell);
    const configured = configuredEnv(processEnv, readConfig(findConfigPath(processEnv)));
    shell.env = parsed.flags.plain ? { ...configured, [plainVariable]: "1" } : configured;
    const invocation = configuredFlags(agent ? forAgent(parsed) : parsed, shell.env);
    ({ quiet } = invocation.flags);
    // Only what may ask the Hub pays for the question.
    if (process.platform === "darwin" && invocation.command.flags.includes("endpoint")) {
      const { withSystemProxy } = await import("./shell/system-proxy.ts");
      shell.env = await withSystemProxy(shell.env);
    }
    // The values from the settings must be consistent as well.
    invocation.command.check?.(invocation);
    const traceFile = invocation.flags.trace ?? shell.env["MLX_DOWNLOAD_TRACE"]?.trim();
    if (traceFile) {
      const { startTrace } = await import("./shell/trace.ts");
      trace = startTrace(traceFile, shell);
    }
    const runner = await invocation.command.load();
    exitCode = await runner.run(invocation, shell);
    return exitCode;
  } catch (error) {
    if (events && stdout.closed) return (exitCode = brokenPipeExit);
    const { endInFailure } = await import("./end-in-failure.ts");
    exitCode = await endInFailure(error, words, shell);
    return exitCode;
  } finally {
    trace?.end(exitCode);
    await shell.record.flush(shell.env, (line) => {
      if (!quiet) shell.stderr.write(`warning: ${line}\n`);
    });
  }
}
