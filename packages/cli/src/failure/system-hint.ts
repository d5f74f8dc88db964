const bug = "This is a bug in mlx-download; please report it with the output of --debug.";

const hints: ReadonlyMap<string, string> = new Map(
  Object.entries({
    EMFILE: "Allow more open files and run the same command again: ulimit -n 1024.",
    ENFILE:
      "The whole system has too many files open: end other programs and run the same command again.",
    ENOMEM: "The system has no memory left: end other programs and run the same command again.",
    EIO: "The disk or the terminal reports a fault: look at it, then run the same command again.",
    ESTALE: "The network disk went away: mount it again and rerun the same command.",
  }),
);

/**
 * The next step for an error without a code of ours. An error of the system can be fixed by the
 * user. Any other error is a bug.
 */
export function systemHint(error: unknown): string {
  const { code, syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (syscall === "uv_cwd")
    return "The current folder was removed: change into another one (cd ~).";
  return (code !== undefined && hints.get(code)) || bug;
}
