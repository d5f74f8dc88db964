import type { FlagSpec, FlagsOf } from "./flags/flag-spec.ts";
import { selectionFlags } from "./flags/selection-flags.ts";
import { transferFlags } from "./flags/transfer-flags.ts";
import { accountFlags } from "./flags/account-flags.ts";
import { searchFlags } from "./flags/search-flags.ts";
import { fitFlags } from "./flags/fit-flags.ts";
import { cacheFlags } from "./flags/cache-flags.ts";
import { projectFlags } from "./flags/project-flags.ts";
import { serveFlags } from "./flags/serve-flags.ts";
import { updateFlags } from "./flags/update-flags.ts";
import { webFlags } from "./flags/web-flags.ts";
import { outputFlags } from "./flags/output-flags.ts";

/**
 * Every option of every command, as given. An option that was not given is absent, its list empty,
 * its switch false.
 */
export type Flags = FlagsOf<typeof selectionFlags> &
  FlagsOf<typeof transferFlags> &
  FlagsOf<typeof accountFlags> &
  FlagsOf<typeof searchFlags> &
  FlagsOf<typeof fitFlags> &
  FlagsOf<typeof cacheFlags> &
  FlagsOf<typeof projectFlags> &
  FlagsOf<typeof serveFlags> &
  FlagsOf<typeof updateFlags> &
  FlagsOf<typeof webFlags> &
  FlagsOf<typeof outputFlags>;

/** The one table of all options by key. Each command sets the order of its own options. */
export const flagSpecs: Readonly<Record<keyof Flags, FlagSpec>> = {
  ...selectionFlags,
  ...transferFlags,
  ...accountFlags,
  ...searchFlags,
  ...fitFlags,
  ...cacheFlags,
  ...projectFlags,
  ...serveFlags,
  ...updateFlags,
  ...webFlags,
  ...outputFlags,
};
