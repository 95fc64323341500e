import {
  type AnchorHTMLAttributes,
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useMemo,
  useSyncExternalStore,
} from "react";
import { readAddress, writeAddress } from "../model/address";
import type { Step, View } from "../model/view";

type Looking = {
  readonly view: View;
  /** Makes the next view. Back returns to the one before, unless the step only refines it (typing, switching). */
  readonly look: (step: Step, how?: "visit" | "refine") => void;
};

const Context = createContext<Looking | null>(null);

/** useView gives what is looked at, and the way to look at something else. */
export function useView(): Looking {
  const looking = useContext(Context);
  if (!looking) throw new Error("useView outside ViewProvider");
  return looking;
}

/** ViewProvider keeps the view in the address bar and nowhere else. */
export function ViewProvider({ children }: { children: ReactNode }) {
  const address = useSyncExternalStore(watch, () => location.pathname + location.search);
  const view = useMemo(() => read(address), [address]);
  const look = useCallback<Looking["look"]>((step, how = "visit") => {
    const here = location.pathname + location.search;
    const there = writeAddress(step(read(here)));
    if (there === here) return;
    if (how === "visit") history.pushState(null, "", there);
    else history.replaceState(null, "", there);
    dispatchEvent(new Event(looked));
  }, []);
  return <Context value={useMemo(() => ({ view, look }), [view, look])}>{children}</Context>;
}

type LinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> & { step: Step };

/** ViewLink is a link to the view a step away: a real address, which can be opened in a tab of its own. */
export function ViewLink({ step, children, ...rest }: LinkProps) {
  const { view, look } = useView();
  return (
    <a
      {...rest}
      href={writeAddress(step(view))}
      onClick={(event) => {
        if (
          event.defaultPrevented ||
          event.button !== 0 ||
          event.metaKey ||
          event.ctrlKey ||
          event.shiftKey ||
          event.altKey
        )
          return;
        event.preventDefault();
        look(step);
      }}
    >
      {children}
    </a>
  );
}

const looked = "weft:looked";

function read(address: string): View {
  const at = address.indexOf("?");
  return at < 0 ? readAddress(address, "") : readAddress(address.slice(0, at), address.slice(at));
}

function watch(changed: () => void): () => void {
  addEventListener("popstate", changed);
  addEventListener(looked, changed);
  return () => {
    removeEventListener("popstate", changed);
    removeEventListener(looked, changed);
  };
}
