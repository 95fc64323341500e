import { useEffect, useEffectEvent } from "react";
import type { Key } from "../i18n/messages";

/** Shortcut is a key or two pressed one after the other, what they do, and how help describes it. */
export type Shortcut = {
  readonly keys: string;
  readonly label: Key & `help.${string}`;
  readonly run: () => void;
};

/** keysOf lists the keys that work on every screen. */
export function keysOf(
  commands: Record<"ask" | "help" | "home" | "directory" | "explorer" | "gaps" | "introductions", () => void>,
): readonly Shortcut[] {
  return [
    { keys: "Ctrl K", label: "help.ask", run: commands.ask },
    { keys: "/", label: "help.ask", run: commands.ask },
    { keys: "?", label: "help.help", run: commands.help },
    { keys: "g h", label: "help.home", run: commands.home },
    { keys: "g d", label: "help.directory", run: commands.directory },
    { keys: "g e", label: "help.explorer", run: commands.explorer },
    { keys: "g g", label: "help.gaps", run: commands.gaps },
    { keys: "g i", label: "help.introductions", run: commands.introductions },
  ];
}

/** useKeys listens for shortcuts. While somebody types in a field, only those with Ctrl count. */
export function useKeys(shortcuts: readonly Shortcut[]): void {
  const press = useEffectEvent((pressed: string, before: string) =>
    shortcuts.find(({ keys }) => keys === pressed || keys === `${before} ${pressed}`),
  );
  useEffect(() => {
    let before = "";
    let at = 0;
    const listen = (event: KeyboardEvent) => {
      if (event.altKey || event.defaultPrevented || event.isComposing) return;
      const command = event.ctrlKey || event.metaKey;
      if (!command && typing(event.target)) return;
      const pressed = command ? `Ctrl ${event.key.toUpperCase()}` : event.key;
      const found = press(pressed, event.timeStamp - at < 1000 ? before : "");
      before = pressed;
      at = event.timeStamp;
      if (!found) return;
      event.preventDefault();
      found.run();
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
