// The view that trains: buttons and figures, controls, and everything that is to be seen of it.

import type { App, View } from "../app";
import { Curves } from "../charts/curves";
import { h } from "../common/dom";
import { Limits } from "../common/limits";
import { AttentionPanel } from "./attention";
import { buttons } from "./buttons";
import { ChartsPanel } from "./charts-panel";
import { Chosen } from "./controls/chosen";
import { controls } from "./controls/controls";
import { EmbeddingPanel } from "./embedding";
import { LiveFigures } from "./live-figures";
import { SequencesPanel } from "./sequences";
import { isEntropy } from "./values";
import { watchPanel } from "./watch";

/** Milliseconds between two pictures of a running training; its figures are shown as they come. */
const PAUSE = 200;

export function trainView(app: App): View {
  const { engine, description } = app;
  const chosen = new Chosen(app);
  const head = buttons(app, chosen);
  const figures = new LiveFigures();
  const charts = new ChartsPanel();
  const attention = new AttentionPanel(app);
  const sequences = new SequencesPanel(app, (judged) => attention.offer(judged));
  const embedding = new EmbeddingPanel(app);
  const watch = app.server ? watchPanel(app) : null;
  const limits = new Limits(() => show());

  let curves = new Curves(engine.lines);
  /** Steps per second, as long as the page is open. */
  let speed = { x: [] as number[], y: [] as number[] };
  let shown = false;
  let pictured: number | null = null;
  let last = -Infinity;

  const show = () => {
    if (!shown) {
      return;
    }
    const { training } = engine;
    const limit = training ? limits.of(training) : ({ kind: "none" } as const);
    head.update();
    const from = training?.from ?? null;
    const began = engine.runs.find(({ id }) => `kept-${id}` === from)?.name ?? from;
    figures.show(training, curves, limit, began);
    pictured ??= window.setTimeout(picture, Math.max(0, last + PAUSE - performance.now()));
  };
  const picture = () => {
    pictured = null;
    last = performance.now();
    const { training } = engine;
    const limit = training ? limits.of(training) : ({ kind: "none" } as const);
    charts.show({
      curves,
      limit: limit.kind === "known" ? limit.report : null,
      phases: description.phases.map(({ name }) => name),
      isEntropy: training !== null && isEntropy(app, training.config),
      speed,
    });
  };
  engine.on("training", ({ state, lines, anew }) => {
    if (anew) {
      curves = new Curves(lines);
      speed = { x: [], y: [] };
    } else {
      curves.add(lines);
    }
    if (state && state.stepsPerSecond > 0 && state.step > (speed.x.at(-1) ?? -1)) {
      speed.x.push(state.step);
      speed.y.push(state.stepsPerSecond);
    }
    show();
    sequences.update();
    embedding.update(anew);
    attention.update();
  });
  chosen.on(() => head.update());
  app.store.on(() => attention.offer([]));

  const element = h(
    "section",
    { class: "train", "aria-labelledby": "train-title" },
    h("h2", { class: "unseen", id: "train-title" }, "Train a model"),
    h("div", { class: "head" }, head.element, figures.element),
    controls(app, chosen),
    h(
      "div",
      { class: "live" },
      charts.element,
      sequences.element,
      embedding.element,
      attention.element,
      watch?.element,
    ),
  );
  return {
    element,
    shown() {
      shown = true;
      show();
      sequences.update();
      embedding.update(false);
      attention.update();
      watch?.shown();
    },
    hidden() {
      shown = false;
      watch?.hidden();
    },
  };
}
