import { createCommandTable } from "../command-line/command-table.ts";
import type { CommandTable } from "../command-line/command-spec.ts";
import { elsewhere, optionsElsewhere } from "./elsewhere.ts";
import { authToken, login, logout, whoami } from "./account/specs.ts";
import { cache, cacheLs, path, repair, verify } from "./cache/specs.ts";
import { cacheEvict, cachePin, cachePrune, cacheRm, cacheUnpin } from "./cache/removal-specs.ts";
import { cacheExport, cacheImport, cacheMv, cacheView } from "./cache/copy-specs.ts";
import { catalogueStatus, catalogueSync, search } from "./catalogue/specs.ts";
import {
  collectionAdd,
  collectionFollow,
  collectionLs,
  collectionRemove,
  collectionRm,
  collectionShare,
  collectionShow,
  collectionUnfollow,
} from "./collection/specs.ts";
import { card, files, fit, info, list, recommend } from "./choose/specs.ts";
import { get } from "./download/specs.ts";
import { add, install, lock, remove } from "./project/specs.ts";
import { diff, history, outdated, rollback, update } from "./versions/specs.ts";
import {
  completion,
  configGet,
  configPath,
  configSet,
  configShow,
  configUnset,
  doctor,
  man,
  schema,
} from "./setup/specs.ts";
import { serve } from "./serve/specs.ts";
import { shareAllow, shareForget, shareOff, shareOn, shareStatus } from "./share/specs.ts";
import { web } from "./web/specs.ts";

/** The commands of `mlx-download`. */
export const commandTable: CommandTable = createCommandTable({
  unnamed: get,
  elsewhere,
  optionsElsewhere,
  commonFlags: ["quiet", "plain", "json", "agent", "debug", "trace", "help"],
  specs: [
    get,
    update,
    info,
    fit,
    list,
    search,
    files,
    card,
    recommend,
    history,
    diff,
    outdated,
    collectionLs,
    collectionShow,
    collectionFollow,
    collectionUnfollow,
    collectionAdd,
    collectionRemove,
    collectionRm,
    collectionShare,
    catalogueSync,
    catalogueStatus,
    add,
    remove,
    install,
    lock,
    cache,
    cacheLs,
    verify,
    repair,
    cacheRm,
    cachePrune,
    cacheEvict,
    cachePin,
    cacheUnpin,
    rollback,
    cacheView,
    cacheExport,
    cacheImport,
    cacheMv,
    path,
    serve,
    shareOn,
    shareOff,
    shareStatus,
    shareAllow,
    shareForget,
    web,
    login,
    logout,
    whoami,
    authToken,
    configShow,
    configGet,
    configSet,
    configUnset,
    configPath,
    doctor,
    completion,
    man,
    schema,
  ],
});
