// The figures of a chart as a table, for those who do not see it.

import { bisectCenter } from "d3-array";

import { fill, h } from "../common/dom";
import { plainCount } from "../common/figures";
import type { LineData, LineOptions } from "./data";

const ROWS = 12;
/** Milliseconds between two times that it is made anew. */
const PAUSE = 2000;

export class HiddenTable {
  readonly element = h("div", { class: "unseen" });
  private made = -Infinity;
  private timer: number | null = null;

  constructor(private readonly options: LineOptions) {}

  show(data: LineData): void {
    if (this.timer !== null) {
      clearTimeout(this.timer);
    }
    const wait = this.made + PAUSE - performance.now();
    this.timer = wait <= 0 ? null : window.setTimeout(() => this.make(data), wait);
    if (wait <= 0) {
      this.make(data);
    }
  }

  private make({ series, references }: LineData): void {
    this.made = performance.now();
    const { title, xName, format } = this.options;
    const formatX = this.options.formatX ?? plainCount;
    const shown = series.filter(({ faint }) => !faint);
    const longest = shown.reduce<readonly number[]>(
      (most, { curve }) => (curve.x.length > most.length ? curve.x : most),
      [],
    );
    const count = Math.min(ROWS, longest.length);
    const places = Array.from({ length: count }, (_, i) =>
      Math.round((i * (longest.length - 1)) / Math.max(1, count - 1)),
    );
    const rows = places.map((place) => {
      const x = longest[place] as number;
      const cells = shown.map(({ curve }) => curve.y[bisectCenter(curve.x as number[], x)]);
      const texts = cells.map((value) => h("td", {}, value === undefined ? "" : format(value)));
      return h("tr", {}, h("th", { scope: "row" }, formatX(x)), ...texts);
    });
    const lines = (references ?? []).map(({ name, value }) =>
      h("li", {}, `${name}: ${format(value)}`),
    );
    fill(
      this.element,
      h(
        "table",
        {},
        h("caption", {}, title),
        h("tr", {}, ...[xName, ...shown.map(({ name }) => name)].map((text) => h("th", {}, text))),
        ...rows,
      ),
      lines.length > 0 && h("ul", {}, ...lines),
    );
  }
}
