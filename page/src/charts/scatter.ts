// Points in a plane, one for each integer, coloured by its value.

import { scaleLinear } from "d3-scale";

import { fill, h, svg } from "../common/dom";
import { whenSeen } from "./frame";

export interface Points {
  terms: readonly number[];
  x: readonly number[];
  y: readonly number[];
}

const SIDE = 320;
const MARGIN = 18;
/** About so many points have their number beside them. */
const LABELS = 12;

export class Scatter {
  readonly element: HTMLElement;
  private readonly picture = svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" });
  private readonly scale = h("p", { class: "scale" });
  private readonly text = h("p", { class: "unseen" });
  private points: Points | null = null;
  private circles: SVGCircleElement[] = [];
  private labels: SVGTextElement[] = [];
  private readonly redraw: () => void;

  constructor(private readonly title: string) {
    this.element = h(
      "figure",
      { class: "chart scatter" },
      h("figcaption", {}, h("span", { class: "title" }, title)),
      this.picture,
      this.scale,
      this.text,
    );
    this.redraw = whenSeen(this.element, () => this.draw());
  }

  show(points: Points): void {
    this.points = this.points ? aligned(points, this.points) : points;
    this.redraw();
  }

  private draw(): void {
    const { terms, x, y } = this.points ?? { terms: [], x: [], y: [] };
    if (this.circles.length !== terms.length) {
      this.begin(terms);
    }
    // Both axes have the same scale: distances are what is to be seen.
    const [across, up] = [extent(x), extent(y)];
    const half = Math.max(across[1] - across[0], up[1] - up[0], 1e-9) / 2;
    const axis = ([low, high]: [number, number], from: number, to: number) =>
      scaleLinear([(low + high) / 2 - half, (low + high) / 2 + half], [from, to]);
    const right = axis(across, MARGIN, SIDE - MARGIN);
    const top = axis(up, SIDE - MARGIN, MARGIN);
    this.circles.forEach((circle, i) => {
      circle.setAttribute("cx", right(x[i] ?? 0).toFixed(1));
      circle.setAttribute("cy", top(y[i] ?? 0).toFixed(1));
    });
    const step = Math.max(1, Math.round(terms.length / LABELS));
    this.labels.forEach((label, i) => {
      const place = i * step;
      label.setAttribute("x", (right(x[place] ?? 0) + 5).toFixed(1));
      label.setAttribute("y", (top(y[place] ?? 0) - 4).toFixed(1));
    });
  }

  /** Points of other integers. */
  private begin(terms: readonly number[]): void {
    const [low, high] = extent(terms);
    const fillOf = (term: number) => colour((term - low) / (high - low || 1));
    this.circles = terms.map((term) =>
      svg("circle", { r: 3, fill: fillOf(term) }, svg("title", {}, term)),
    );
    const step = Math.max(1, Math.round(terms.length / LABELS));
    const labelled = terms.filter((_, i) => i % step === 0);
    this.labels = labelled.map((term) => svg("text", { class: "label" }, term));
    fill(this.picture, ...this.circles, ...this.labels);
    const ramp = [0, 0.25, 0.5, 0.75, 1].map((share) => {
      const dot = svg("circle", { cx: 5, cy: 5, r: 4, fill: colour(share) });
      const value = String(Math.round(low + share * (high - low)));
      return h("span", {}, svg("svg", { width: 10, height: 10 }, dot), value);
    });
    fill(this.scale, ...ramp);
    const many = `${terms.length} points, one for each integer from ${low} to ${high}`;
    fill(this.text, `${this.title}: ${many}, as their vectors lie to each other.`);
  }
}

function extent(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}

/** From blue over violet and red to yellow, in colours that are seen on light and dark. */
function colour(share: number): string {
  return `hsl(${(220 + 190 * share) % 360} 75% ${52 + 4 * share}%)`;
}

/** Axes may be swapped and turned round from picture to picture; this undoes that. */
function aligned(points: Points, before: Points): Points {
  if (points.terms.length !== before.terms.length) {
    return points;
  }
  const along = (one: readonly number[], two: readonly number[]) =>
    one.reduce((sum, value, i) => sum + value * (two[i] ?? 0), 0);
  const { x, y } = points;
  const straight = Math.abs(along(x, before.x)) + Math.abs(along(y, before.y));
  const crossed = Math.abs(along(y, before.x)) + Math.abs(along(x, before.y));
  const [first, second] = crossed > straight ? [y, x] : [x, y];
  const turned = (values: readonly number[], like: readonly number[]) =>
    along(values, like) < 0 ? values.map((value) => -value) : values;
  return { terms: points.terms, x: turned(first, before.x), y: turned(second, before.y) };
}
