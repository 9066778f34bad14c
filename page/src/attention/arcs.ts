// The terms in a line, with an arc from the one that looks to each one that it looks at.

import { fill, svg } from "../common/dom";

/** Weights below this have no arc. */
const LEAST = 0.02;
/** Of a term, at which its figures can be read; the drawing is scaled to the width that it has. */
const WIDTH = 40;
const HEIGHT = 112;
const BASE = 68;

/** The terms, and where the one at `place` looks. */
export function arcs(terms: string[], row: number[], place: number, label: string): SVGElement {
  const middle = (index: number) => (index + 0.5) * WIDTH;
  const width = terms.length * WIDTH;
  const drawing = svg("svg", {
    class: "arcs",
    viewBox: `0 0 ${width} ${HEIGHT}`,
    role: "img",
    "aria-label": label,
  });
  // Few terms would else be drawn very large, many very small: those scroll.
  drawing.style.maxWidth = `${1.6 * width}px`;
  drawing.style.minWidth = `${0.75 * width}px`;
  const longest = Math.max(...terms.map((term) => term.length));
  const size = Math.min(14, (1.55 * WIDTH) / longest);
  fill(
    drawing,
    ...row.map((weight, index) => {
      if (weight < LEAST) {
        return null;
      }
      const stroke = { class: "arc", "stroke-width": (1 + 9 * weight).toFixed(1), opacity: (0.35 + 0.65 * weight).toFixed(2) };
      const [from, to] = [middle(place), middle(index)];
      if (index === place) {
        // Itself: a small loop.
        return svg("path", { ...stroke, d: `M${from - 6},${BASE - 12}c-16,-26 28,-26 12,0` });
      }
      const rise = 12 + 38 * (Math.abs(index - place) / Math.max(1, terms.length - 1));
      const top = BASE - 12 - 1.25 * rise;
      return svg("path", { ...stroke, d: `M${from},${BASE - 12}C${from},${top} ${to},${top} ${to},${BASE - 12}` });
    }),
    ...terms.flatMap((term, index) => {
      const weight = row[index] ?? 0;
      const at = { x: middle(index), "text-anchor": "middle" };
      return [
        svg("text", { ...at, y: BASE + 6, "font-size": size, class: index === place ? "term looking" : "term" }, term),
        svg("text", { ...at, y: BASE + 23, "font-size": 11, class: "share" }, weight >= 0.005 ? `${Math.round(100 * weight)} %` : "–"),
        svg("rect", {
          class: "amount",
          x: middle(index) - 16,
          y: BASE + 31,
          width: Math.max(0, 32 * weight),
          height: 4,
          rx: 2,
        }),
      ];
    }),
  );
  return drawing;
}
