import { run } from "@mlx-download/test-utils/run";

/** One thing that must hold for the whole checkout. */
export interface Check {
  readonly name: string;
  /** The problems found below `root`, each a line or a block of text; empty when all is well. */
  find(root: string): Promise<readonly string[]>;
}

/** A check that is another program: anything but exit 0 is one problem, told in that program's words. */
export function command(name: string, program: string, args: readonly string[]): Check {
  return {
    name,
    find: async (root) => {
      const { code, stdout, stderr } = await run(program, args, {
        cwd: root,
        env: process.env,
        timeoutMs: 600_000,
      });
      return code === 0 ? [] : [`${stdout}${stderr}`.trim() || `${program} ended with ${code}`];
    },
  };
}
