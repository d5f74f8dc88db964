import type { ErrorCode } from "@mlx-download/core";
import type { FitErrorCode } from "@mlx-download/fit";
import type { RegistryErrorCode } from "@mlx-download/registry";
import type { WebErrorCode } from "@mlx-download/web";
import type { CliErrorCode } from "./cli-error.ts";

/** The exit code of every error code. A new error code does not compile until it has one. */
export const exitCodes: Readonly<
  Record<ErrorCode | FitErrorCode | RegistryErrorCode | WebErrorCode | CliErrorCode, number>
> = {
  "cli/usage": 2,
  "cli/confirmation-needed": 2,
  "cli/ambiguous-name": 2,
  "cli/config-invalid": 2,
  "cli/no-keychain": 2,
  "cli/not-cached": 4,
  "cli/nothing-fits": 8,
  "cli/not-set": 4,
  "cli/not-logged-in": 3,
  "cli/some-failed": 11,
  "cli/output-failed": 6,
  "cli/hung-up": 129,
  "cli/interrupted": 130,
  "cli/terminated": 143,

  "ref/invalid": 2,
  "ref/unsupported-repo-type": 2,
  "settings/invalid": 2,
  "cache/invalid-repo-id": 2,
  "cache/invalid-revision": 2,
  "cache/invalid-filter": 2,
  "cache/no-home": 2,
  "select/no-match": 2,

  "card/not-found": 4,
  "inspect/no-config": 8,
  "inspect/no-folder": 4,
  "review/does-not-fit": 8,
  "review/cannot-load": 8,
  "review/not-trusted": 10,
  "fit/invalid-config": 8,
  "fit/invalid-header": 8,
  "fit/invalid-option": 2,
  "fit/kv-bits-unsupported": 8,
  "python/not-found": 2,
  "python/unsupported": 2,
  "python/no-hub-client": 2,
  "python/no-mlx-lm": 2,

  "registry/invalid-query": 2,
  "registry/no-catalogue": 4,
  "registry/read-only": 6,
  "registry/newer": 6,
  "registry/unavailable": 6,
  "registry/busy": 9,
  "registry/sync-elsewhere": 9,
  "registry/bad-listing": 5,
  "lock/invalid": 2,
  "lock/conflict": 2,
  "lock/version": 2,
  "lock/out-of-date": 2,
  "lock/tampered": 7,

  "hub/unauthorized": 3,
  "hub/gated": 3,
  "hub/forbidden": 3,
  "hub/disabled": 3,
  "login/denied": 3,
  "login/expired": 3,
  "login/failed": 3,

  "hub/repo-not-found": 4,
  "hub/revision-not-found": 4,
  "hub/entry-not-found": 4,
  "offline/not-cached": 4,
  "cache/not-found": 4,

  "hub/unreachable": 5,
  "hub/unavailable": 5,
  "hub/bad-response": 5,
  "hub/redirect-loop": 5,
  "transfer/interrupted": 5,
  "transfer/stalled": 5,
  "transfer/refused": 5,

  "disk/insufficient": 6,
  "disk/full": 6,
  "cache/disk-full": 6,
  "cache/not-writable": 6,
  "cache/not-readable": 6,
  "cache/disk-unavailable": 6,
  "cache/damaged": 6,

  "transfer/checksum-mismatch": 7,
  "transfer/size-mismatch": 7,
  "cache/size-mismatch": 7,
  "cache/digest-mismatch": 7,

  "cache/locked": 9,
  "cache/removed-meanwhile": 9,

  "hub/unsafe-tree": 10,
  "cache/pinned": 10,
  "cache/bad-archive": 10,
  "cache/not-ours": 10,
  "cache/exists": 10,
  "cache/unsafe-path": 10,
  "cache/invalid-digest": 10,

  "python/crashed": 1,
  "python/unresponsive": 1,
  "python/protocol": 1,
  "python/failed": 1,

  "web/port-taken": 2,
  "web/no-state": 6,
  "web/refused": 10,
  "web/no-token": 3,
  "web/bad-request": 2,
  "web/no-such-download": 4,
  "hub/rate-limited": 75,
};

/** The exit code for an error's code. Any unknown code is 1. */
export function exitCodeOf(code: string): number {
  return Object.hasOwn(exitCodes, code) ? exitCodes[code as keyof typeof exitCodes] : 1;
}
