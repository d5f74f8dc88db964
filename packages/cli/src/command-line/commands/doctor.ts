import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download doctor` */
export const doctor: CommandSpec = {
  name: "doctor",
  group: "Account and settings",
  aliases: [],
  usage: "",
  summary: "look at network, token, cache, disk and Python; a report to paste into an issue",
  operands: { min: 0, max: 0 },
  flags: ["endpoint", "cacheDir", "offline", "tokenStdin", "token"],
  examples: [{ line: "mlx-download doctor", purpose: "what is wrong here, and what to do" }],
  notes: [
    "Ends with the exit code of what fails first (5: no network, 3: the token is refused, 6: the disk), and with 0 when there are only warnings. The report names no token, and the home folder as ~.",
  ],
  load: () => import("../../commands/doctor.ts"),
};
