import type { SnapshotFile } from "@mlx-download/cache";
import type { DownloadRequest } from "../request/download-request.ts";
import type { ResolvedSnapshot } from "../request/resolve-snapshot.ts";
import { fallback } from "../transfer/xet/fill-from-xet.ts";
import { createXetRoute } from "../transfer/xet/xet-route.ts";
import { findXetWays } from "../transfer/xet/xet-way.ts";
import type { PreparedDownload } from "./prepared-download.ts";

/** The way of a download through Xet storage, and which of the missing files take it. Undefined when none may. */
export async function findXetWay(
  request: DownloadRequest,
  { snapshot, client }: Pick<ResolvedSnapshot, "snapshot" | "client">,
  missing: readonly SnapshotFile[],
): Promise<PreparedDownload["xet"]> {
  const { xet: mode, settings, backend, force, signal, emit } = request;
  const isListed = missing.some(({ xetHash }) => xetHash !== undefined);
  if (mode === "off" || settings.offline || backend || !isListed) return undefined;
  const route = createXetRoute({ client, snapshot, emit });
  const ways = await findXetWays(missing, {
    mode,
    route,
    // A user who wants everything fetched again wants no copies.
    layout: force ? undefined : request.layout,
    signal,
    onFailure: ({ path }, failure) => emit(fallback(path, failure, route)),
  });
  return { mode, route, ways };
}
