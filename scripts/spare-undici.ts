import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "rolldown";

/** What core takes from undici. */
const NAMES = "Agent, ProxyAgent, request";

/** Modules whose work core never asks for, by the end of their path. What they would do throws. */
const unused: Readonly<Record<string, string>> = {
  // The transport has allowH2 off.
  "dispatcher/client-h2.js": `module.exports = () => { throw new Error("HTTP/2 is off"); };`,
  // Bodies are text.
  "web/fetch/body.js": `exports.extractBody = () => { throw new TypeError("the body is no text"); };`,
};

/**
 * Takes of undici the dispatchers and `request` alone. Its index also brings WebSocket, fetch, caches, mocks and a second
 * HTTP parser: 60 % of its bytes, and `typeof import("undici")` in core names all that is used.
 * `esbuildDetection` is undici's own switch for bundles without that second parser.
 */
export function spareUndici(core: string): Plugin {
  const root = dirname(createRequire(join(core, "package.json")).resolve("undici"));
  const part = (path: string): string => JSON.stringify(join(root, "lib", path));
  return {
    name: "spare-undici",
    resolveId: (source) => (source === "undici" ? "\0undici" : undefined),
    load(id) {
      const stub = Object.keys(unused).find((end) => id === join(root, "lib", end));
      if (stub !== undefined) return unused[stub];
      if (id !== "\0undici") return undefined;
      return `
        import Agent from ${part("dispatcher/agent.js")};
        import ProxyAgent from ${part("dispatcher/proxy-agent.js")};
        import Dispatcher from ${part("dispatcher/dispatcher.js")};
        import api from ${part("api/index.js")};
        // As index.js does: request and its like are methods of every dispatcher.
        Object.assign(Dispatcher.prototype, api);
        const request = (url, { dispatcher, ...options }) =>
          dispatcher.request({ ...options, origin: url.origin, path: url.pathname + url.search });
        export { ${NAMES} };
      `;
    },
    transform(code, id) {
      if (id.endsWith("client-h1.js")) {
        return { code: code.replace("typeof esbuildDetection", "'object'"), map: null };
      }
      // Dynamic imports are not checked against what a module exports.
      const taken = /\{([^{}]*)\}[^{}]*\]? = await[^;]*import\("undici"\)/u.exec(code)?.[1];
      if (!id.startsWith(core) || !code.includes('import("undici")')) return undefined;
      if (taken?.trim() === NAMES) return undefined;
      throw new Error(`${id} takes other names from undici than ${NAMES}: enter them here`);
    },
  };
}
