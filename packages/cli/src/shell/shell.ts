import type { ReadStream, WriteStream } from "node:tty";
import type { Interrupt } from "./interrupt.ts";
import type { Output } from "./output.ts";
import type { ShellRecord } from "./record.ts";
import type { Style } from "../text/style.ts";
import type { TableStyle } from "../text/table.ts";

/** A command's access to the outside: streams, environment, signals. */
export interface Shell {
  readonly argv: readonly string[];
  readonly version: string;
  /** A program reads the output (`--agent`): no questions, and no output but data. */
  readonly agent: boolean;
  /** The environment, with the settings of the configuration file for unset variables. */
  readonly env: NodeJS.ProcessEnv;
  /** The environment as it is. */
  readonly processEnv: NodeJS.ProcessEnv;
  readonly stdin: ReadStream;
  readonly stdout: Output;
  /** With the columns of standard output where it is a terminal. */
  readonly stdoutStyle: TableStyle;
  readonly stderr: WriteStream;
  readonly stderrStyle: Style;
  readonly interrupt: Interrupt;
  /** For the registry, once the command has ended. */
  readonly record: ShellRecord;
}
