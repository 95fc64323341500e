/** Label asks for room for a text: where its anchor is, how wide it is, and how much it matters. */
export type Label = {
  readonly id: string;
  /** The middle of the node, in pixels. */
  readonly x: number;
  readonly y: number;
  /** The radius of the node, which the text stands clear of. */
  readonly radius: number;
  readonly width: number;
  readonly height: number;
  readonly importance: number;
};

/** Placed is a label with the middle of its text. */
export type Placed = { readonly label: Label; readonly x: number; readonly y: number };

type Box = { left: number; right: number; top: number; bottom: number };

/**
 * placeLabels gives room to as many labels as fit without touching, the most important first. A text stands
 * under its node, or above it when that is taken. Equal importance goes by id, so the same picture has the same labels.
 */
export function placeLabels(
  labels: readonly Label[],
  width: number,
  height: number,
  gap = 3,
): readonly Placed[] {
  const cell = 64;
  const grid = new Map<string, Box[]>();
  const cells = (box: Box): string[] => {
    const found: string[] = [];
    for (let x = Math.floor(box.left / cell); x <= Math.floor(box.right / cell); x++)
      for (let y = Math.floor(box.top / cell); y <= Math.floor(box.bottom / cell); y++)
        found.push(`${x},${y}`);
    return found;
  };
  const free = (box: Box) =>
    cells(box).every((at) =>
      (grid.get(at) ?? []).every(
        (taken) =>
          box.left >= taken.right ||
          box.right <= taken.left ||
          box.top >= taken.bottom ||
          box.bottom <= taken.top,
      ),
    );

  const placed: Placed[] = [];
  const order = [...labels].sort(
    (a, b) => b.importance - a.importance || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  for (const label of order) {
    const off = label.radius + label.height / 2 + 2;
    // A text whose node is near the edge moves inward far enough to be read whole.
    const inset = label.width / 2 + gap;
    const inside = label.x > 0 && label.x < width && width > 2 * inset;
    const x = inside ? Math.min(Math.max(label.x, inset), width - inset) : label.x;
    for (const y of [label.y + off, label.y - off]) {
      const box: Box = {
        left: x - inset,
        right: x + inset,
        top: y - label.height / 2 - gap / 2,
        bottom: y + label.height / 2 + gap / 2,
      };
      if (box.right < 0 || box.left > width || box.bottom < 0 || box.top > height || !free(box)) continue;
      for (const at of cells(box)) {
        const taken = grid.get(at);
        if (taken) taken.push(box);
        else grid.set(at, [box]);
      }
      placed.push({ label, x, y });
      break;
    }
  }
  return placed;
}
