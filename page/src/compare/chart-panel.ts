// All runs in one chart, of a metric that is chosen.

import { LineChart } from "../charts/line";
import { fill, h } from "../common/dom";
import { roundPercent, short } from "../common/figures";
import { knownLimitOf } from "../common/limits";
import type { Entry } from "./entries";

/** What people call the metrics; others have their own name. */
const METRICS: Record<string, string> = {
  accuracy_last: "ninth terms right",
  accuracy_all: "all terms right",
  accuracy_whole: "whole sequences right",
  cross_entropy: "cross-entropy",
};
const FIRST = "validation/accuracy_last";
/** Metrics of a validation, of all and by phase, and the loss of the training. */
const OFFERED = /^(validation|phase_.+)\/.+$|^train\/loss$/;

export class ChartPanel {
  readonly element: HTMLElement;
  private readonly select = h("select", { onchange: () => this.draw() });
  private readonly chart = h("div");
  /** A chart for shares, and one for losses. */
  private readonly shares = lineChart("Share over steps", roundPercent, false);
  private readonly losses = lineChart("Loss or distance over steps", short, true);
  private entries: Entry[] = [];

  constructor() {
    const label = h("label", { class: "metric" }, "Metric ", this.select);
    this.element = h("div", { class: "panel" }, label, this.chart);
  }

  show(entries: Entry[]): void {
    this.entries = entries;
    const names = new Set(entries.flatMap(({ curves }) => curves.names()));
    const offered = [...names].filter((name) => OFFERED.test(name));
    const before = this.select.value;
    if ([...this.select.options].map(({ value }) => value).join() !== offered.join()) {
      fill(this.select, ...offered.map((name) => h("option", { value: name }, metricName(name))));
      this.select.value = offered.includes(before) ? before : FIRST;
    }
    this.element.hidden = offered.length === 0;
    this.draw();
  }

  private draw(): void {
    const metric = this.select.value;
    const isShare = metric.includes("accuracy");
    const chart = isShare ? this.shares : this.losses;
    if (this.chart.firstChild !== chart.element) {
      fill(this.chart, chart.element);
    }
    const series = this.entries.map(({ short, curves, tone, dash, id }) => {
      const mean = metric.startsWith("train/");
      return { name: short, curve: curves.of(metric), tone, dash, mean, strong: id === null };
    });
    const limits = new Set(this.entries.map(({ config }) => knownLimitOf(config, metric)));
    const references = [...limits].flatMap((value) =>
      value === null ? [] : [{ name: "limit", value, tone: "limit" as const, merged: true }],
    );
    chart.show({ series, references, ...(isShare && { y: [0, highest(series)] as [number, number] }) });
  }
}

/** The top of the axis: somewhat above the highest value. */
function highest(series: { curve: { y: readonly number[] } }[]): number {
  const most = series.reduce((most, { curve }) => curve.y.reduce((a, b) => Math.max(a, b), most), 0.05);
  return Math.min(1, Math.ceil(most * 11) / 10);
}

function lineChart(title: string, format: (value: number) => string, log: boolean): LineChart {
  return new LineChart({ title, xName: "steps", format, log, height: 340, labels: true });
}

/** `phase_simple/accuracy_last`: simple: ninth terms right. */
function metricName(scalar: string): string {
  const [group = "", metric = ""] = scalar.split("/");
  const of = group === "validation" ? "all" : group.replace(/^phase_/, "").replace(/^train$/, "training");
  return `${of}: ${METRICS[metric] ?? metric.replaceAll("_", " ")}`;
}
