/** Options of the local page. */
export const webFlags = {
  port: {
    name: "port",
    type: "port",
    value: "N",
    summary: "the port of the page (default: the last one, then 7347, then any that is free)",
  },
  noOpen: {
    name: "no-open",
    type: "switch",
    summary: "open no browser, only say where the page is",
  },
  newToken: {
    name: "new-token",
    type: "switch",
    summary: "make a new token. Pages that are open must be opened again",
  },
} as const;
