import { fitModel, isRefusedByScanned, lookAtSecurity, type SecurityLook } from "@mlx-download/fit";
import type { DownloadRequest } from "../request/download-request.ts";
import { diskAmount } from "../contract/disk-amount.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { DownloadReview } from "../contract/review.ts";
import { readMachine } from "../find/read-machine.ts";
import type { PreparedDownload } from "./prepared-download.ts";
import { readScans } from "../find/read-scans.ts";
import { inspectSnapshot } from "../find/inspect-model.ts";
import type { InspectedModel } from "../find/inspected-model.ts";

const DEFAULT_CONTEXT = 8192;
/** From so many bytes to fetch on, a makeReview beforehand costs nothing by comparison. */
const LARGE_BYTES = 100_000_000;

/**
 * Reviews a planned model where requested, emits `reviewed`, and refuses it when the request does not allow it:
 * `review/does-not-fit`, `review/cannot-load`, `review/not-trusted`. Reads only small files and headers.
 */
export async function reviewDownload(
  request: DownloadRequest,
  prepared: PreparedDownload,
): Promise<void> {
  const { requireFit, trust, review } = request.wishes;
  const required = requireFit || trust !== "any";
  const wanted =
    required ||
    review === true ||
    (review === "large" && prepared.plan.bytes.toFetch >= LARGE_BYTES);
  // The caller chose a backend so that no other client asks the Hub.
  if (!wanted || request.backend) return;
  try {
    const found = await makeReview(request, prepared);
    request.emit({ type: "reviewed", ...found });
    if (requireFit) refuseWhatDoesNotFit(request, found);
    if (trust !== "any") refuseWhatIsNotTrusted(request, found);
  } catch (error) {
    request.signal.throwIfAborted();
    // A review that was not requested must not stop a download.
    if (required || !(error instanceof ModelDownloadError)) throw error;
  }
}

async function makeReview(
  request: DownloadRequest,
  prepared: PreparedDownload,
): Promise<DownloadReview> {
  const { snapshot, plan } = prepared;
  const { wishes, signal } = request;
  const thorough = wishes.trust !== "any";
  const { machine: here, support, trustRemoteCode, ...options } = wishes.fit;
  // Without it nothing can be described, and the requests for the rest would be for nothing.
  const describable =
    wishes.requireFit || snapshot.files.some(({ path }) => path === "config.json");
  const [machine, inspected] = await Promise.all([
    here ?? readMachine({ signal }),
    !describable
      ? undefined
      : inspectSnapshot(request, prepared, { thorough, support, trustRemoteCode }).catch(
          (error: unknown) => {
            const undescribed =
              error instanceof ModelDownloadError && error.code === "inspect/no-config";
            if (undescribed && !wishes.requireFit) return undefined;
            throw error;
          },
        ),
  ]);
  const selected = new Set(plan.files.map(({ path }) => path));
  const { commit } = snapshot;
  if (inspected === undefined) {
    const paths = [...selected];
    const scans = request.settings.offline
      ? undefined
      : await readScans(request.hubs, snapshot, paths);
    const security = lookAtSecurity({ files: plan.files, scans: scans?.statuses });
    return { commit, fit: null, loads: null, security, machine };
  }
  const { contextLength: own } = inspected.description;
  const contextLength = options.contextLength ?? Math.min(DEFAULT_CONTEXT, own ?? DEFAULT_CONTEXT);
  const fit = fitModel(inspected.description, machine.wiredLimitBytes, {
    mlxVersion: inspected.loads.by.mlxVersion,
    ...options,
    machine,
    contextLength,
  });
  return {
    commit,
    fit,
    loads: inspected.loads,
    security: selectedOnly(inspected, selected),
    machine,
  };
}

/** The review's findings about the selected files, and about code in other repos that the config names. */
function selectedOnly({ security }: InspectedModel, selected: ReadonlySet<string>): SecurityLook {
  const findings = security.findings.filter(
    ({ path, code }) => selected.has(path) || (code === "remote-code" && path.includes("--")),
  );
  const worst = findings[0]?.severity;
  const verdict = worst === "danger" || worst === "caution" ? worst : "safe";
  return { verdict, findings };
}

function refuseWhatDoesNotFit({ repoId }: DownloadRequest, review: DownloadReview): void {
  const { fit, loads } = review;
  if (loads?.verdict === "no") {
    const reason = loads.reasons.find(({ blocks }) => blocks);
    const why = reason?.message ?? "mlx-lm cannot load it";
    throw new ModelDownloadError(`${repoId} cannot be loaded: ${why}`, "review/cannot-load", {
      hint:
        reason?.code === "remote-code"
          ? "Read that code. If you trust it, ask with `trustRemoteCode`, and start mlx-lm with its --trust-remote-code."
          : "Choose another variant, or leave `requireFit` out to fetch it all the same.",
      repoId,
      data: { loads },
    });
  }
  if (fit === null || fit.verdict === "yes" || fit.verdict === "tight") return;
  const { totalBytes, limitBytes, contextLength, maxContextLength } = fit;
  const message =
    totalBytes === null
      ? `it cannot be told whether ${repoId} fits`
      : `${repoId} needs ${diskAmount(totalBytes)} at ${contextLength} tokens, MLX may use ${diskAmount(limitBytes)} here`;
  const hint =
    maxContextLength === null || maxContextLength === 0
      ? "Choose a smaller variant, or leave `requireFit` out to fetch it all the same."
      : `It fits up to ${maxContextLength} tokens: ask for fewer with \`contextLength\`, or choose a smaller variant.`;
  throw new ModelDownloadError(message, "review/does-not-fit", { hint, repoId, data: { fit } });
}

function refuseWhatIsNotTrusted({ repoId, wishes }: DownloadRequest, review: DownloadReview): void {
  const { findings } = review.security;
  const refused = findings.filter((finding) =>
    wishes.trust === "data" ? finding.severity !== "note" : isRefusedByScanned(finding),
  );
  const [first] = refused;
  if (first === undefined) return;
  const more = refused.length > 1 ? ` (and ${refused.length - 1} more)` : "";
  throw new ModelDownloadError(
    `${repoId} is not trusted with ${wishes.trust}: ${first.path}: ${first.message}${more}`,
    "review/not-trusted",
    {
      hint: 'Leave the files out with the option `exclude`, choose another repo, or say `trust: "any"` when you know them.',
      repoId,
      data: { trust: wishes.trust, findings: refused.slice(0, 50) },
    },
  );
}
