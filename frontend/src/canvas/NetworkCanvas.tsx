import { type Ref, useEffect, useEffectEvent, useImperativeHandle, useRef, useState } from "react";
import type { Network } from "../model/network";
import "./canvas.css";
import type { GraphEvent, GraphRenderer, Probe } from "./renderer";
import { canDraw, createSigma } from "./sigma";

/** CanvasHandle is what controls outside the canvas may ask of it. */
export type CanvasHandle = Pick<GraphRenderer, "fit" | "zoom">;

type Props = {
  network: Network;
  roots: readonly string[];
  /** Two nodes between which a missing tie is drawn, or null. */
  ghost: readonly [string, string] | null;
  selected: string | null;
  /** Marked because something outside, such as a line of the outline, points at it. */
  pointed: string | null;
  /** What the picture is, in words: a canvas has no text of its own. */
  label: string;
  /** Shown instead where no picture can be drawn. */
  fallback: string;
  /** Changes whenever the theme does. */
  theme: string;
  onEvent: (event: GraphEvent) => void;
  ref?: Ref<CanvasHandle>;
};

/**
 * NetworkCanvas is the picture of a network. It is an image with a name: it takes no focus, and everything
 * that can be done on it can be done in the outline too.
 */
export function NetworkCanvas({
  network,
  roots,
  ghost,
  selected,
  pointed,
  label,
  fallback,
  theme,
  onEvent,
  ref,
}: Props) {
  const element = useRef<HTMLDivElement & { probe?: Probe }>(null);
  const renderer = useRef<GraphRenderer>(null);
  const [drawable] = useState(canDraw);
  const emit = useEffectEvent(onEvent);

  useEffect(() => {
    const host = element.current;
    if (!host || !drawable) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const created = createSigma(host, { on: (event) => emit(event), still });
    renderer.current = created;
    // Read by the browser tests.
    host.probe = created.probe;
    return () => {
      renderer.current = null;
      delete host.probe;
      created.kill();
    };
  }, [drawable]);

  useEffect(() => renderer.current?.show(network, roots), [network, roots]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a network drawn anew has no ghost yet
  useEffect(() => renderer.current?.haunt(ghost), [ghost, network, roots]);
  useEffect(() => renderer.current?.select(selected), [selected]);
  useEffect(() => renderer.current?.point(pointed), [pointed]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme is not read here, it says when the colours changed
  useEffect(() => renderer.current?.repaint(), [theme]);

  useImperativeHandle(ref, () => ({
    fit: () => renderer.current?.fit(),
    zoom: (factor) => renderer.current?.zoom(factor),
  }));

  if (!drawable) return <p className="canvas-fallback">{fallback}</p>;
  return <div ref={element} className="canvas" role="img" aria-label={label} dir="ltr" />;
}
