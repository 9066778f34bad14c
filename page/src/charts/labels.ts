// Labels beside a chart that do not overlap.

/** A label that would like to be at a height. */
export interface Label {
  y: number;
  text: string;
  /** The class of its colour. */
  tone: string;
  strong?: boolean;
}

/**
 * The heights of labels that want to be at `wanted`, each `gap` from the next one at least, between
 * `top` and `bottom` as far as there is room.
 */
export function spread(wanted: number[], gap: number, top: number, bottom: number): number[] {
  const order = wanted.map((_, i) => i).sort((one, two) => (wanted[one] ?? 0) - (wanted[two] ?? 0));
  const placed = wanted.map((y) => Math.min(Math.max(y, top), bottom));
  let above = top - gap;
  for (const i of order) {
    placed[i] = Math.max(placed[i] as number, above + gap);
    above = placed[i] as number;
  }
  let below = bottom + gap;
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i] as number, below - gap);
    below = placed[i] as number;
  }
  return placed;
}
