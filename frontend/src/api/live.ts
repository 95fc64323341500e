/**
 * LiveState is whether changes by others arrive: quiet until something subscribes, connecting until what is shown is
 * known to be what the server has.
 */
export type LiveState = "quiet" | "connecting" | "live" | "offline" | "refused";

/** Signal is a value that can be watched, in the shape React's useSyncExternalStore takes. */
export type Signal<T> = {
  readonly get: () => T;
  readonly set: (value: T) => void;
  readonly watch: (changed: () => void) => () => void;
};

/** signal makes a watched value. Setting it to what it is tells nobody. */
export function signal<T>(initial: T): Signal<T> {
  let value = initial;
  const watchers = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const changed of watchers) changed();
    },
    watch: (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
}
