import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Registry, SyncPlan, SyncResult } from "@mlx-download/registry";
import type { Invocation } from "../../command-line/command-spec.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { formatBytes, formatCount, formatNumber } from "../../text/format.ts";
import { noteTo, openHubList, withUserRegistry } from "./open.ts";

const WHAT: Readonly<Record<SyncPlan["kind"], string>> = {
  first: "Reads the whole list for the first time",
  resume: "Goes on with the list where it was left",
  changes: "Reads the changes since the last time",
  full: "Reads the whole list, as once a week",
};

/** Pages are garbage once they are stored. V8 alone lets fifty of them pile up, some 30 MB. */
const PAGES_PER_SWEEP = 5;

/** V8's own garbage collection, which a program gets only on request: some 10 ms. */
function exposeSweep(): () => void {
  setFlagsFromString("--expose-gc");
  const sweep: unknown = runInNewContext("gc");
  return typeof sweep === "function" ? () => void sweep() : () => {};
}

function planText({ kind, requests, bytes, budgetShare }: SyncPlan): string {
  const share = Math.max(1, Math.round(budgetShare * 100));
  return `${WHAT[kind]}: about ${formatCount(requests, "request")}, ${formatBytes(bytes)}, ${share}% of the Hub's limit for five minutes without an account.`;
}

function resultText(result: SyncResult, models: number): string {
  const { added, gone, stopped, until } = result;
  const changes = [
    ...(added > 0 ? [`${formatNumber(added)} new`] : []),
    ...(gone > 0 ? [`${formatNumber(gone)} gone`] : []),
  ].join(", ");
  const lines = [`${formatCount(models, "model")}${changes === "" ? "" : ` (${changes})`}`];
  if (stopped === "rate-limit") {
    const at = new Date(until ?? Date.now()).toTimeString().slice(0, 5);
    lines.push(`The Hub's limit is near; run the same command after ${at} to go on.`);
  }
  if (stopped === "aborted") lines.push("Stopped. Run the same command again to resume.");
  return `${lines.join("\n")}\n`;
}

/**
 * `mlx-download catalogue sync`: prints the cost, then brings the catalogue up to date. Returns the
 * exit code.
 */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const { catalogueStatus, planSync, syncCatalogue } = await import("@mlx-download/registry");
  // A long list is made of short-lived objects, for which V8 would take 100 MB more than it needs.
  setFlagsFromString("--semi-space-growth-factor=1");
  const sweep = exposeSweep();
  const note = noteTo(flags, shell);
  const hub = await openHubList(flags, shell);
  const sync = async (registry: Registry): Promise<number> => {
    const plan = planSync(registry, { endpoint: hub.endpoint, full: flags.full });
    if (flags.dryRun) {
      await writeResult({ ...plan }, `${planText(plan)}\n`, { flags, shell });
      return 0;
    }
    note(planText(plan));
    const { signal } = shell.interrupt;
    let shown = 0;
    const result = await syncCatalogue(registry, hub, {
      full: flags.full,
      signal,
      onProgress({ requests, models }) {
        if (requests % PAGES_PER_SWEEP === 0) sweep();
        // A page takes about a second. More frequent lines add no information.
        if (requests - shown < 10) return;
        shown = requests;
        note(`${formatCount(models, "model")} read`);
      },
    });
    signal.throwIfAborted();
    const { models } = catalogueStatus(registry);
    await writeResult(
      { ...result, until: result.until ?? null, total: models },
      resultText(result, models),
      {
        flags,
        shell,
      },
    );
    return result.stopped === "rate-limit" ? 75 : 0;
  };
  try {
    return await withUserRegistry(flags, shell, sync);
  } finally {
    await hub.close();
  }
}
