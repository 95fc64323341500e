import { type NodeKind, nodeShapes, type Shape } from "../model/kinds";

const paths: Readonly<Record<Shape, string>> = {
  disc: "M10 1.500a8.500 8.500 0 1 1 0 17 8.500 8.500 0 0 1 0-17Z",
  ring: "M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16Zm0 4.200a3.800 3.800 0 1 0 0 7.600 3.800 3.800 0 0 0 0-7.600Z",
  diamond: "M10 0l10 10-10 10L0 10Z",
  square: "M5 2h10a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3V5a3 3 0 0 1 3-3Z",
  flag: "M4 1h1.500l13 5.200-13 5.200V19.500H3V1Z",
  triangle: "M10 1.500 19.500 18h-19Z",
  tick: "M7.800 18 .8 11l2.700-2.700 4.100 4.100 8.700-10.200 3 2.500Z",
  hexagon: "M10 .8 18 5.400v9.200l-8 4.600-8-4.600V5.400Z",
  bubble: "M5 2h10a4 4 0 0 1 4 4v5a4 4 0 0 1-4 4H9l-5 4.500V14.900A4 4 0 0 1 1 11V6a4 4 0 0 1 4-4Z",
  page: "M4 1h8l5 5v13H4Z",
};

/** KindMark is the mark of a node kind: the shape and colour it has on the canvas. Its word stands beside it. */
export function KindMark({ kind, size = 14 }: { kind: NodeKind; size?: number }) {
  return (
    <svg
      className="kind-mark"
      data-kind={kind}
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="currentColor"
      fillRule="evenodd"
      aria-hidden="true"
    >
      <path d={paths[nodeShapes[kind]]} />
    </svg>
  );
}
