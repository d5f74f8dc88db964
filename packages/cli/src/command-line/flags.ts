import type { FlagSpec, FlagsOf } from "./flags/flag-spec.ts";
import { selectionFlags } from "./flags/selection-flags.ts";
import { transferFlags } from "./flags/transfer-flags.ts";
import { accountFlags } from "./flags/account-flags.ts";
import { searchFlags } from "./flags/search-flags.ts";
import { fitFlags } from "./flags/fit-flags.ts";
import { cacheFlags } from "./flags/cache-flags.ts";
import { outputFlags } from "./flags/output-flags.ts";

/** Every option of every command, as given; what was not given is absent. Lists are empty then, switches false. */
export type Flags = FlagsOf<typeof selectionFlags> &
  FlagsOf<typeof transferFlags> &
  FlagsOf<typeof accountFlags> &
  FlagsOf<typeof searchFlags> &
  FlagsOf<typeof fitFlags> &
  FlagsOf<typeof cacheFlags> &
  FlagsOf<typeof outputFlags>;

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
