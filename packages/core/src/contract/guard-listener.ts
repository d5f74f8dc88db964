/** Wraps a listener so that it can be called safely: its errors are ignored. */
export function guardListener<T>(listener: ((event: T) => void) | undefined): (event: T) => void {
  return (event) => {
    try {
      listener?.(event);
    } catch {
      // Its own fault.
    }
  };
}
