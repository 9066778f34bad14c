// A chart of lines over steps, as SVG.

import { type ScaleContinuousNumeric, scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";

import { fill, h, svg } from "../common/dom";
import { plainCount } from "../common/figures";
import { Crosshair } from "./crosshair";
import { type LineData, type LineOptions, type Reference, type Series, toneClass } from "./data";
import { downsampled } from "./downsample";
import { onWidth, whenSeen } from "./frame";
import { type Label, spread } from "./labels";
import { Legend } from "./legend";
import { HiddenTable } from "./table";

export type Scale = ScaleContinuousNumeric<number, number>;

/** Pixels around the plot. */
const TOP = 10;
const LEFT = 44;
const BOTTOM = 26;
const LABEL_GAP = 14;
const TICK_GAP = 16;
const LABEL_INDENT = 13;
/** About how wide a character of a label is; on a narrow chart. */
const CHARACTER = 6.5;
const NARROW_CHARACTER = 5.7;
/** Pixels of width below which a chart is lower. */
const NARROW = 480;
/** Up to so many points are dots, too. */
const FEW = 30;

export class LineChart {
  readonly element: HTMLElement;
  private data: LineData = { series: [] };
  private width = 0;
  private readonly marks = svg("g");
  private readonly picture = svg("svg", { "aria-hidden": "true" }, this.marks);
  private readonly crosshair: Crosshair;
  private readonly legend: Legend;
  private readonly table: HiddenTable;
  private readonly redraw: () => void;

  constructor(private readonly options: LineOptions) {
    const plot = h("div", { class: "plot" }, this.picture);
    this.crosshair = new Crosshair(plot, this.picture, options);
    this.legend = new Legend(() => this.redraw());
    this.table = new HiddenTable(options);
    this.element = h(
      "figure",
      { class: "chart", role: "group", "aria-label": options.title },
      h("figcaption", {}, h("span", { class: "title" }, options.title), this.legend.element),
      plot,
      this.table.element,
    );
    this.redraw = whenSeen(this.element, () => this.draw());
    onWidth(plot, (width) => {
      this.width = width;
      this.redraw();
    });
  }

  show(data: LineData): void {
    this.data = data;
    this.redraw();
  }

  private draw(): void {
    const { width, options } = this;
    if (width === 0) {
      return;
    }
    const height = width < NARROW ? Math.min(options.height, 240) : options.height;
    this.legend.show(this.data);
    const hidden = (name: string) => this.legend.hides(name);
    const series = this.data.series.filter(({ name, curve }) => !hidden(name) && curve.x.length > 0);
    const references = (this.data.references ?? []).filter(
      ({ name, group }) => !hidden(group ?? name),
    );
    const least = width < NARROW ? 104 : 120;
    const right = options.labels ? Math.min(150, Math.max(least, width * 0.17)) : 14;
    const data = { ...this.data, series, references };
    const x = this.horizontal(data, LEFT, width - right);
    const y = this.vertical(data, height - BOTTOM, TOP);
    this.element.classList.toggle("narrow", width < NARROW);
    this.picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.picture.setAttribute("width", String(width));
    this.picture.setAttribute("height", String(height));
    fill(
      this.marks,
      ...(series.length > 0 || data.y ? this.axes(x, y, series.length > 0) : []),
      ...(series.length === 0 ? [this.nothing(x, y)] : []),
      ...references.flatMap(({ value, tone }) => this.referenceLine(value, toneClass(tone), x, y)),
      ...series.flatMap((one) => this.seriesLine(one, x, y)),
      ...(options.labels ? this.labels(data, x, y) : []),
    );
    this.crosshair.update(series, x, y);
    this.table.show(data);
  }

  private horizontal({ series, x }: LineData, left: number, right: number): Scale {
    const ends = series.flatMap(({ curve }) => [curve.x[0] ?? 0, curve.x.at(-1) ?? 0]);
    const domain = x ?? [Math.min(0, ...ends), Math.max(1, ...ends)];
    return scaleLinear(domain, [left, right]);
  }

  private vertical({ series, references, y }: LineData, bottom: number, top: number): Scale {
    let [low, high] = [Infinity, -Infinity];
    const take = (value: number) => {
      if (Number.isFinite(value) && (!this.options.log || value > 0)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    };
    for (const { curve } of series) {
      curve.y.forEach(take);
    }
    references?.forEach(({ value }) => take(value));
    if (low > high) {
      [low, high] = this.options.log ? [0.1, 10] : [0, 1];
    }
    if (y) {
      return scaleLinear(y, [bottom, top]).clamp(true);
    }
    if (this.options.log) {
      return scaleLog([low / 1.1, high * 1.1], [bottom, top]).clamp(true);
    }
    return scaleLinear([Math.min(0, low), high === low ? high + 1 : high], [bottom, top]).nice(5);
  }

  private axes(x: Scale, y: Scale, both: boolean): SVGElement[] {
    const [left, right] = x.range() as [number, number];
    const [bottom] = y.range() as [number, number];
    const formatX = this.options.formatX ?? plainCount;
    const rows = ticks(y, this.options.log ? 5 : Math.max(2, Math.floor(bottom / 48)));
    const most = Math.max(2, Math.floor((right - left) / (this.options.formatX ? 40 : 110)));
    const columns = both ? x.ticks(most).filter((tick) => Number.isInteger(tick)) : [];
    return [
      ...rows.map((value) =>
        svg(
          "g",
          { class: "tick" },
          svg("line", { x1: left, x2: right, y1: y(value), y2: y(value) }),
          svg(
            "text",
            { x: left - 6, y: y(value), dy: "0.32em", "text-anchor": "end" },
            this.options.format(value),
          ),
        ),
      ),
      ...columns.map((value, i) => {
        const text = formatX(value) + (i === columns.length - 1 ? ` ${this.options.xName}` : "");
        // In the middle below its tick, unless it would stick out of the picture.
        const end = Math.min(x(value) + (text.length * CHARACTER) / 2, this.width);
        return svg("text", { class: "tick", x: end, y: bottom + 17, "text-anchor": "end" }, text);
      }),
    ];
  }

  private nothing(x: Scale, y: Scale): SVGElement {
    const middle = ([from, to]: number[]) => ((from ?? 0) + (to ?? 0)) / 2;
    const place = { x: middle(x.range()), y: middle(y.range()) };
    return svg("text", { ...place, class: "nothing", "text-anchor": "middle" }, "nothing yet");
  }

  private referenceLine(value: number, tone: string, x: Scale, y: Scale): SVGElement[] {
    const [x1, x2] = x.range() as [number, number];
    const [low, high] = y.domain() as [number, number];
    if (value < low || value > high) {
      return [];
    }
    return [svg("line", { class: `reference ${tone}`, x1, x2, y1: y(value), y2: y(value) })];
  }

  private seriesLine(series: Series, x: Scale, y: Scale): SVGElement[] {
    const [left, right] = x.range() as [number, number];
    const [low] = y.domain() as [number, number];
    const points = downsampled(series.curve, right - left, series.mean ?? false).filter(
      ([, value]) => Number.isFinite(value) && (!this.options.log || value > 0),
    );
    const places = points.map(([a, b]): [number, number] => [x(a), y(Math.max(b, low))]);
    const kinds = ["series", toneClass(series.tone)];
    kinds.push(...(["strong", "pale", "faint"] as const).filter((kind) => series[kind]));
    if (series.dash) {
      kinds.push(`dash-${series.dash}`);
    }
    const path = svg("path", { class: kinds.join(" "), d: line()(places) });
    if (points.length > FEW || series.faint) {
      return [path];
    }
    const dots = places.map(([cx, cy]) => svg("circle", { cx, cy, r: series.strong ? 3 : 2.5 }));
    return [path, svg("g", { class: `dots ${toneClass(series.tone)}` }, ...dots)];
  }

  /** Names and values at the right of what they belong to. */
  private labels({ series, references }: LineData, x: Scale, y: Scale): SVGElement[] {
    const { format } = this.options;
    const [, right] = x.range() as [number, number];
    const character = this.width < NARROW ? NARROW_CHARACTER : CHARACTER;
    const labels: Label[] = series
      .filter(({ faint }) => !faint)
      .map(({ name, curve, tone, strong }) => {
        const value = curve.y.at(-1) as number;
        const text = labelText(name, format(value), this.width - right, character);
        return { y: y(value), text, tone: toneClass(tone), strong: strong ?? false };
      });
    const [, high] = y.domain() as [number, number];
    for (const { name, values, tone } of together(references ?? [], y)) {
      const [low, top] = [format(Math.min(...values)), format(Math.max(...values))];
      const above = Math.min(...values) > high ? " ↑" : "";
      const figures = low === top ? low : `${low.replace(/ %$/, "")}–${top}`;
      labels.push({ y: y(Math.max(...values)), text: `${name} ${figures}${above}`, tone });
    }
    const [bottom, top] = y.range() as [number, number];
    const places = spread(
      labels.map(({ y }) => y),
      LABEL_GAP,
      top,
      bottom,
    );
    return labels.flatMap(({ y: from, text, tone, strong }, i) => {
      const to = places[i] as number;
      const leader = `M${right + 2},${from}L${right + 10},${to}`;
      const kind = `label ${tone}${strong ? " strong" : ""}`;
      return [
        svg("path", { class: `leader ${tone}`, d: leader }),
        svg("text", { class: kind, x: right + LABEL_INDENT, y: to, dy: "0.32em" }, text),
      ];
    });
  }
}

/** A name and a value in so many pixels; the name may be cut. */
function labelText(name: string, value: string, width: number, character: number): string {
  const room = Math.floor((width - LABEL_INDENT) / character) - value.length - 1;
  return name.length <= room ? `${name} ${value}` : `${name.slice(0, Math.max(1, room - 1))}… ${value}`;
}

/** References, of which those that would overlap and may be merged are one. */
function together(
  references: Reference[],
  y: Scale,
): { name: string; values: number[]; tone: string }[] {
  const all: { name: string; group: string; values: number[]; tone: string }[] = [];
  for (const { name, value, tone, group = name, merged } of references) {
    const near = all.find(
      (other) =>
        merged &&
        other.group === group &&
        other.values.some((other) => Math.abs(y(other) - y(value)) < LABEL_GAP),
    );
    if (near) {
      near.name = group;
      near.tone = toneClass("faint");
      near.values.push(value);
    } else {
      all.push({ name, group, values: [value], tone: toneClass(tone) });
    }
  }
  return all;
}

/** Round values on an axis that have room; of those that have not, the rounder ones. */
function ticks(scale: Scale, count: number): number[] {
  const all = scale.ticks(count);
  const order = [1, 5, 2, 4, 3, 6, 8, 7, 9];
  const rank = (value: number) => order.indexOf(Number(value.toExponential()[0]));
  const kept: number[] = [];
  for (const value of all.sort((one, two) => rank(one) - rank(two))) {
    if (kept.every((other) => Math.abs(scale(other) - scale(value)) >= TICK_GAP)) {
      kept.push(value);
    }
  }
  return kept;
}
