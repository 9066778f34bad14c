// The charts of a training: ninth terms right, loss, positions, rate, gradients, speed.

import { mean } from "d3-array";

import type { Curve, Curves } from "../charts/curves";
import type { LineData, Reference, Series, Tone } from "../charts/data";
import { LineChart } from "../charts/line";
import { h } from "../common/dom";
import { plainCount, roundPercent, short } from "../common/figures";
import type { LimitReport } from "../engine/protocol";

/** What the charts show. */
export interface Charted {
  curves: Curves;
  limit: LimitReport | null;
  /** Names of phases, in their order. */
  phases: string[];
  /** Whether the loss is the cross-entropy, which the limit has, too. */
  isEntropy: boolean;
  /** Steps per second; `null` where that is not known. */
  speed: Curve | null;
}

/** Validations before the last one that are drawn by position. */
const EARLIER = 5;
const RIGHT = "accuracy_last";
const BASELINE = /^baseline_(.+)\/accuracy_last$/;

export class ChartsPanel {
  readonly element: HTMLElement;
  private readonly ninth = new LineChart({
    title: "Ninth terms that are right",
    xName: "steps",
    format: roundPercent,
    height: 320,
    labels: true,
  });
  private readonly loss = chart("Loss", { log: true, labels: true });
  private readonly positions = new LineChart({
    title: "Right terms by position",
    xName: "term",
    format: roundPercent,
    formatX: (value) => String(value),
    height: 210,
    labels: true,
  });
  private readonly rate = chart("Learning rate");
  private readonly gradient = chart("Gradient norm", { log: true });
  private readonly speed = chart("Steps per second");
  private readonly zoom = h("input", { type: "checkbox", onchange: () => this.draw() });
  private charted: Charted | null = null;

  constructor() {
    this.ninth.element
      .querySelector("figcaption")
      ?.append(h("label", { class: "zoom" }, this.zoom, "Zoom to the curves"));
    const { ninth, loss, positions, rate, gradient, speed } = this;
    this.element = h(
      "div",
      { class: "charts" },
      h("div", { class: "panel big" }, ninth.element),
      ...[loss, positions].map(({ element }) => h("div", { class: "panel half" }, element)),
      ...[rate, gradient, speed].map(({ element }) => h("div", { class: "panel third" }, element)),
    );
  }

  show(charted: Charted): void {
    this.charted = charted;
    this.draw();
  }

  private draw(): void {
    const { charted } = this;
    if (!charted) {
      return;
    }
    this.ninth.show(ninthData(charted, this.zoom.checked));
    this.loss.show(lossData(charted));
    this.positions.show(positionData(charted));
    const only = (name: string, tone: Tone, curve: Curve, mean = true): LineData => ({
      series: [{ name, tone, curve, mean }],
    });
    const { curves, speed } = charted;
    this.rate.show(only("learning rate", 1, curves.of("train/learning_rate"), false));
    this.gradient.show(only("gradient norm", 1, curves.of("train/gradient_norm")));
    (this.speed.element.parentElement as HTMLElement).hidden = speed === null;
    if (speed) {
      this.speed.show(only("steps per second", 1, speed));
    }
  }
}

function chart(title: string, more: { log?: boolean; labels?: boolean } = {}): LineChart {
  const height = more.labels ? 210 : 150;
  return new LineChart({ title, xName: "steps", format: short, height, ...more });
}

function phaseTone(index: number): Tone {
  return ((index % 6) + 1) as Tone;
}

/** The share of right ninth terms, of all and by phase. */
function ninthData({ curves, limit, phases }: Charted, zoomed: boolean): LineData {
  const overall: Series = {
    name: "all",
    curve: curves.of(`validation/${RIGHT}`),
    tone: "ink",
    strong: true,
  };
  // Of what the training draws now, which the first phases are most of at first.
  const trained: Series = {
    name: "in training",
    curve: curves.of(`train/${RIGHT}`),
    tone: "faint",
    pale: true,
    mean: true,
  };
  const byPhase = phases.map((name, i): Series => {
    return { name, curve: curves.of(`phase_${name}/${RIGHT}`), tone: phaseTone(i) };
  });
  // Baselines do not learn: what differs between validations is chance.
  const baselines = curves.names().flatMap((scalar): Reference[] => {
    const name = BASELINE.exec(scalar)?.[1];
    const value = mean(curves.of(scalar).y);
    return name === undefined || value === undefined
      ? []
      : [{ name, value, tone: "faint", group: "baselines" }];
  });
  const limits: Reference[] = [];
  const best = limit?.all.accuracy_last ?? curves.last(`limit/${RIGHT}`);
  if (best !== undefined) {
    limits.push({ name: "limit", value: best, tone: "limit", group: "limit", merged: true });
  }
  phases.forEach((name, i) => {
    const value = limit?.phases[name]?.accuracy_last;
    if (value !== undefined) {
      limits.push({ name: `limit, ${name}`, value, tone: phaseTone(i), group: "limit", merged: true });
    }
  });
  const series = [trained, overall, ...byPhase];
  const highest = Math.max(
    0.01,
    ...series.flatMap(({ curve }) => curve.y),
    ...baselines.map(({ value }) => value),
  );
  return {
    series,
    references: [...limits, ...baselines],
    y: [0, zoomed ? Math.min(1, 1.1 * highest) : 1],
  };
}

function lossData({ curves, limit, isEntropy }: Charted): LineData {
  const series: Series[] = [
    { name: "training", curve: curves.of("train/loss"), tone: 1, mean: true },
    { name: "validation", curve: curves.of("validation/loss"), tone: 2 },
  ];
  if (!isEntropy) {
    return { series };
  }
  // Of all positions alike: what the limit is of.
  series.push({ name: "entropy", curve: curves.of("validation/cross_entropy"), tone: 3, dash: 1 });
  const least = limit?.all.cross_entropy ?? curves.last("limit/cross_entropy");
  const references: Reference[] =
    least === undefined ? [] : [{ name: "limit", value: least, tone: "limit" }];
  return { series, references };
}

/** Now, at some validations before, and at best. */
function positionData({ curves, limit }: Charted): LineData {
  const all = curves.byPosition;
  const curve = (shares: number[]): Curve => ({ x: shares.map((_, i) => i + 2), y: shares });
  const last = all.at(-1);
  const before = all.slice(0, -1);
  const some = before.filter((_, i) => i % Math.max(1, Math.ceil(before.length / EARLIER)) === 0);
  const series: Series[] = some.map(({ step, shares }) => {
    return { name: `step ${plainCount(step)}`, curve: curve(shares), tone: 1, faint: true };
  });
  if (last) {
    series.push({ name: "now", curve: curve(last.shares), tone: 1, strong: true });
  }
  const best = limit?.all.accuracy_by_position;
  if (best) {
    series.push({ name: "limit", curve: curve(best), tone: "limit", dash: 1 });
  }
  const terms = Math.max(last?.shares.length ?? 0, best?.length ?? 0, 2);
  return { series, x: [2, terms + 1], y: [0, 1] };
}
