import type { ReadStream, WriteStream } from "node:tty";
import type { Interrupt } from "./interrupt.ts";
import type { Output } from "./output.ts";
import type { Style } from "../text/style.ts";
import type { TableStyle } from "../text/table.ts";

/** What a command has to do with the world outside. */
export interface Shell {
  readonly argv: readonly string[];
  readonly version: string;
  /** A program reads this (`--agent`): nobody can be asked, and nothing is said that is not data. */
  readonly agent: boolean;
  /** The environment with the settings of the configuration file for what is unset in it. */
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
}
