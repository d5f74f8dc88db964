/** A listener that may be called without fear: what it throws is its own fault and ends nothing of ours. */
export function guardListener<T>(listener: ((event: T) => void) | undefined): (event: T) => void {
  return (event) => {
    try {
      listener?.(event);
    } catch {
      // Its own fault.
    }
  };
}
