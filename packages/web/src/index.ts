export type { DoctorRow, SettingRow } from "./contract.ts";
export { WebError, type WebErrorCode } from "./errors.ts";
export { openBrowser } from "./serve/open-browser.ts";
export { type RunningWeb, startWeb, type StartWebOptions } from "./serve/start-web.ts";
export type { NeighbourNetwork, SharingState } from "./contract-neighbours.ts";
export type { WebOptions, WebQuestion, WebSharing } from "./web.ts";
