import type { CommandSpec } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { quoteWord } from "../../command-line/quote.ts";
import { usage } from "../../command-line/usage.ts";
import { isLoopback } from "./is-loopback.ts";
import { servedOptions } from "./served-options.ts";

/** `mlx-download serve` */
export const serve: CommandSpec = {
  name: "serve",
  group: "Serve and share",
  aliases: ["mirror"],
  usage: "",
  summary: "serve the cache as a Hub, for every client that knows HF_ENDPOINT",
  operands: { min: 0, max: 0 },
  tooMany: (extra) =>
    `It serves the whole cache as files. To run a model: mlx_lm.server --model ${quoteWord(extra)}`,
  flags: [
    ...servedOptions,
    "cacheDir",
    "install",
    "uninstall",
    "dryRun",
    "events",
    "tokenStdin",
    "token",
  ],
  options: {
    port: { summary: "the port to listen on, 0 for any that is free (default 8090)" },
    maxSize: {
      summary:
        "with --pull-through: keep the cache below this size. What was not used longest is removed: 200GB, 1.5T",
    },
    endpoint: {
      summary:
        "the Hub that is asked who may read what, and for what is missing (default HF_ENDPOINT, https://huggingface.co)",
    },
    limitRate: { summary: "bytes a second at most from the Hub: 5M, 500k (default none)" },
    dryRun: { summary: "with --install or --uninstall: show the file, change nothing" },
    connections: { summary: "connections to the Hub at once, 1 to 64 (default 8)" },
  },
  examples: [
    {
      line: "mlx-download serve",
      purpose: "serves what is here to this machine, on 127.0.0.1:8090",
    },
    {
      line: "mlx-download serve --pull-through --host 0.0.0.0 --public",
      purpose: "fetches each model once for the whole house",
    },
    {
      line: "mlx-download serve --pull-through --install",
      purpose: "at each login. --uninstall removes it",
    },
    {
      line: "HF_ENDPOINT=http://127.0.0.1:8090 hf download org/name",
      purpose: "any client downloads from it",
    },
  ],
  notes: [
    "The first line of standard output is the address. Ctrl-C ends it: answers under way get 5 seconds, and unfinished fetches go on at the next start.",
    "Nothing can be written over it. A gated or private model goes only to a client whose own token the Hub accepts for it; your token is not used for clients without --use-my-token.",
    "With --tls a client trusts the certificate by SSL_CERT_FILE (this command and Python's both read it): copy the file that is named to the client, and compare the fingerprint.",
    "With --access-token a client sets HF_TOKEN to the token in that file, or to TOKEN~HUBTOKEN where it needs a token of the Hub as well.",
  ],
  check({ flags }) {
    const { host, tlsCert, tlsKey, maxSize, pullThrough, offline } = flags;
    refuseInstallOf(flags);
    if ((tlsCert === undefined) !== (tlsKey === undefined))
      throw usage("--tls-cert and --tls-key go together", "Name both files, or neither.");
    if (flags.tls && tlsCert !== undefined)
      throw usage("--tls makes a certificate, and --tls-cert names one", "Leave out one of them.");
    if (maxSize !== undefined && !pullThrough)
      throw usage(
        "--max-size removes models, and does so only for a mirror that can fetch them again",
        "Add --pull-through, or use mlx-download cache evict.",
      );
    if (pullThrough && offline)
      throw usage("--pull-through and --offline exclude each other", "Leave out one of them.");
    if (host !== undefined && isLoopback(host) && flags.public)
      throw usage(
        `--public does nothing on ${host}`,
        "Add --host 0.0.0.0 for all addresses of this machine.",
      );
  },
  load: () => import("./serve.ts"),
};

/** A file that the system reads holds no secret, and says itself what is served. */
function refuseInstallOf({ install, uninstall, dryRun, token, tokenStdin }: Flags): void {
  if (install && uninstall)
    throw usage("--install and --uninstall exclude each other", "Leave out one of them.");
  if (dryRun && !install && !uninstall)
    throw usage("--dry-run shows what --install would write", "Add --install, or leave it out.");
  if (install && (token !== undefined || tokenStdin))
    throw usage(
      "a token does not go into the file of a service",
      "Log in with mlx-download login, and leave out the token.",
    );
}
