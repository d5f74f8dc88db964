/** Of undici, at the first request through a SOCKS proxy; whoever has set one can do nothing about it. */
const unhelpful = /^SOCKS5 proxy support is experimental/;

/** Keeps Node's note on experimental SOCKS off this process's standard error; every other warning stays. */
export function quietWarnings(): void {
  const emitWarning = process.emitWarning.bind(process) as (...given: unknown[]) => void;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    const text = warning instanceof Error ? warning.message : warning;
    if (!unhelpful.test(text)) emitWarning(warning, ...rest);
  };
}
