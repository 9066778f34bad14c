// The values at a place of a chart, by pointer and by arrow keys.

import { bisectCenter } from "d3-array";

import { fill, h, svg } from "../common/dom";
import { plainCount } from "../common/figures";
import { type LineOptions, type Series, toneClass } from "./data";
import type { Scale } from "./line";

/** How far the keys go: to the next point, or a tenth of all. */
const KEYS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 };

export class Crosshair {
  private readonly layer = svg("g", { class: "crosshair", "aria-hidden": "true" });
  private readonly tip = h("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  private series: Series[] = [];
  private x: Scale | null = null;
  private y: Scale | null = null;
  /** The place on the axis; `null`: not shown. */
  private at: number | null = null;

  /** `plot` is the element that the pointer and the keys are for. */
  constructor(
    private readonly plot: HTMLElement,
    picture: SVGSVGElement,
    private readonly options: LineOptions,
  ) {
    picture.append(this.layer);
    plot.append(this.tip);
    // A slider is what screen readers hand arrow keys to; its text has the values.
    plot.tabIndex = 0;
    plot.setAttribute("role", "slider");
    plot.setAttribute("aria-label", `${options.title}: values by ${options.xName}`);
    plot.addEventListener("pointermove", (event) => this.point(event));
    plot.addEventListener("pointerdown", (event) => this.point(event));
    plot.addEventListener("pointerleave", () => this.move(null));
    plot.addEventListener("blur", () => this.move(null));
    plot.addEventListener("keydown", (event) => this.key(event));
    this.say();
  }

  /** Takes what is drawn now. */
  update(series: Series[], x: Scale, y: Scale): void {
    [this.series, this.x, this.y] = [series, x, y];
    this.draw();
  }

  private point(event: PointerEvent): void {
    if (this.x) {
      const left = event.clientX - this.plot.getBoundingClientRect().left;
      this.move(this.nearest(this.x.invert(left)));
    }
  }

  private key(event: KeyboardEvent): void {
    const places = this.longest();
    const last = places.length - 1;
    const now = this.at === null ? last : bisectCenter(places as number[], this.at);
    const by = KEYS[event.key];
    let next: number | null;
    if (by !== undefined) {
      const step = Math.abs(by) > 1 ? Math.sign(by) * Math.max(1, Math.round(last / 10)) : by;
      next = this.at === null ? last : Math.min(last, Math.max(0, now + step));
    } else if (event.key === "Home" || event.key === "End") {
      next = event.key === "Home" ? 0 : last;
    } else if (event.key === "Escape") {
      next = null;
    } else {
      return;
    }
    event.preventDefault();
    this.move(next === null ? null : (places[next] ?? null));
    this.say();
  }

  /** The places of the series that has the most. */
  private longest(): readonly number[] {
    const lists = this.series.filter(({ mean }) => !mean).map(({ curve }) => curve.x);
    const all = lists.length > 0 ? lists : this.series.map(({ curve }) => curve.x);
    return all.reduce((most, list) => (list.length > most.length ? list : most), []);
  }

  private nearest(x: number): number | null {
    const places = this.longest();
    return places[bisectCenter(places as number[], x)] ?? null;
  }

  private move(at: number | null): void {
    if (at !== this.at) {
      this.at = at;
      this.draw();
    }
  }

  private values(at: number): { series: Series; value: number }[] {
    return this.series.flatMap((series) => {
      const value = series.curve.y[bisectCenter(series.curve.x as number[], at)];
      return value === undefined ? [] : [{ series, value }];
    });
  }

  private place(at: number): string {
    const { formatX, xName } = this.options;
    return formatX ? `${xName} ${formatX(at)}` : `${plainCount(at)} ${xName}`;
  }

  private say(): void {
    const places = this.longest();
    const at = this.at ?? places.at(-1);
    this.plot.setAttribute("aria-valuemin", String(places[0] ?? 0));
    this.plot.setAttribute("aria-valuemax", String(places.at(-1) ?? 0));
    this.plot.setAttribute("aria-valuenow", String(at ?? 0));
    const values = at === undefined ? [] : this.values(at);
    const texts = values.map(({ series, value }) => `${series.name} ${this.options.format(value)}`);
    const text = at === undefined ? "nothing yet" : `${this.place(at)}: ${texts.join(", ")}`;
    this.plot.setAttribute("aria-valuetext", text);
  }

  private draw(): void {
    const { at, x, y } = this;
    this.tip.hidden = at === null || !x || !y || this.series.length === 0;
    if (at === null || !x || !y || this.tip.hidden) {
      fill(this.layer);
      return;
    }
    const [bottom, top] = y.range() as [number, number];
    const values = this.values(at);
    const dots = values.map(({ series, value }) =>
      svg("circle", { class: toneClass(series.tone), cx: x(at), cy: y(value), r: 3.5 }),
    );
    fill(this.layer, svg("line", { x1: x(at), x2: x(at), y1: top, y2: bottom }), ...dots);
    const rows = values.map(({ series, value }) =>
      h(
        "div",
        { class: toneClass(series.tone) },
        h("span", { class: "swatch" }),
        h("span", {}, series.name),
        h("b", {}, this.options.format(value)),
      ),
    );
    fill(this.tip, h("div", { class: "place" }, this.place(at)), ...rows);
    // Beside the line, where there is more room.
    const width = this.plot.clientWidth;
    const before = x(at) > width / 2;
    this.tip.style.left = before ? "" : `${x(at) + 10}px`;
    this.tip.style.right = before ? `${width - x(at) + 10}px` : "";
  }
}
