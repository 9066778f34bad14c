// The view that compares kept runs.

import type { App, View } from "../app";
import { fill, h } from "../common/dom";
import { card } from "./card";
import { ChartPanel } from "./chart-panel";
import { DifferencesPanel } from "./differences";
import { Entries } from "./entries";
import { upload } from "./upload";

/** Milliseconds between two looks at a training that is running. */
const PAUSE = 500;

export function compareView(app: App): View {
  const { engine, store } = app;
  const entries = new Entries(engine);
  const chart = new ChartPanel();
  const differences = new DifferencesPanel(app.description.keys);
  const cards = h("ul", { class: "cards", "aria-label": "Runs" });
  const empty = h(
    "div",
    { class: "panel empty" },
    h("h3", {}, "Nothing to compare yet"),
    h(
      "p",
      {},
      "Train a model in the view ",
      h("a", { href: "#", onclick: (event) => (event.preventDefault(), store.set({ view: "train" })) }, "Train"),
      ", and press Keep: the run comes here with its curves and its best weights, and stays in this browser. ",
      "Change a choice, train again, keep that, too: here the two stand side by side, with the keys in which they differ.",
    ),
  );
  const element = h(
    "section",
    { class: "compare", "aria-labelledby": "compare-title" },
    h("h2", { class: "unseen", id: "compare-title" }, "Compare runs"),
    empty,
    chart.element,
    cards,
    differences.element,
    upload(app),
  );
  let shown = false;
  let carded = "";
  let timer: number | null = null;

  const show = () => {
    if (!shown) {
      return;
    }
    const all = entries.all();
    empty.hidden = all.length > 0;
    differences.element.hidden = all.length === 0;
    chart.show(all);
    differences.show(all);
    // Cards are made anew when there are others: someone may be typing in one.
    const now = JSON.stringify(all.map(({ id, name }) => [id, name, id === null]));
    if (now !== carded) {
      carded = now;
      fill(cards, ...all.map((entry) => card(app, entry)));
    }
  };
  engine.on("runs", show);
  engine.on("training", () => {
    timer ??= window.setTimeout(() => {
      timer = null;
      show();
    }, PAUSE);
  });
  return {
    element,
    shown() {
      shown = true;
      carded = "";
      show();
    },
    hidden() {
      shown = false;
    },
  };
}
