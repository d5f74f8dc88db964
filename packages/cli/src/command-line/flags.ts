import type { FlagSpec } from "./flags/flag-spec.ts";
import { type SelectionFlags, selectionFlags } from "./flags/selection-flags.ts";
import { type TransferFlags, transferFlags } from "./flags/transfer-flags.ts";
import { type AccountFlags, accountFlags } from "./flags/account-flags.ts";
import { type SearchFlags, searchFlags } from "./flags/search-flags.ts";
import { type FitFlags, fitFlags } from "./flags/fit-flags.ts";
import { type CacheFlags, cacheFlags } from "./flags/cache-flags.ts";
import { type OutputFlags, outputFlags } from "./flags/output-flags.ts";

/** Every option of every command, as given; what was not given is absent. Lists are empty then, switches false. */
export interface Flags
  extends
    SelectionFlags,
    TransferFlags,
    AccountFlags,
    SearchFlags,
    FitFlags,
    CacheFlags,
    OutputFlags {}

/** The one table: the options of all topics by their key; the order within a command is the command's. */
export const flagSpecs: Readonly<Record<keyof Flags, FlagSpec>> = {
  ...selectionFlags,
  ...transferFlags,
  ...accountFlags,
  ...searchFlags,
  ...fitFlags,
  ...cacheFlags,
  ...outputFlags,
};
