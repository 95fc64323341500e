import { useCallback, useSyncExternalStore } from "react";

/** phone is the width below which the rail is at the bottom and lists come before pictures. */
export const phone = "(max-width: 45rem)";

/** useMedia tells whether a media query holds, and again when that changes. */
export function useMedia(query: string): boolean {
  const watch = useCallback(
    (changed: () => void) => {
      const list = matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    [query],
  );
  return useSyncExternalStore(watch, () => matchMedia(query).matches);
}
