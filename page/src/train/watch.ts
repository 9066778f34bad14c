// Runs of the command line, where the page comes from `ninth serve`.

import type { App } from "../app";
import { Curves } from "../charts/curves";
import { fill, h } from "../common/dom";
import { count, percent } from "../common/figures";
import type { LogLine } from "../engine/protocol";
import { ChartsPanel } from "./charts-panel";

/** Milliseconds between two looks at the list, while it is shown. */
const PAUSE = 3000;

/** A run as the server lists it. */
interface Run {
  name: string;
  preset: string | null;
  state: string;
  step: number;
  total: number | null;
  validation: LogLine | null;
}

export interface WatchPanel {
  element: HTMLElement;
  shown(): void;
  hidden(): void;
}

export function watchPanel(app: App): WatchPanel {
  const list = h("ul", { class: "runs" });
  const message = h("p", { class: "quiet" });
  const about = h("p", { class: "about", role: "status" });
  const charts = new ChartsPanel();
  const watched = h("div", { class: "watched", hidden: true }, about, charts.element);
  const element = h(
    "section",
    { class: "panel watch", hidden: true },
    h("h3", {}, "Runs of the command line"),
    message,
    list,
    watched,
  );

  let source: EventSource | null = null;
  let name: string | null = null;
  let curves = new Curves();
  let rows: { name: string; about: HTMLElement }[] = [];
  let shown = false;
  let timer = 0;
  let waits: number | null = null;
  const draw = () => {
    const phases = app.description.phases.map(({ name }) => name);
    const isEntropy = curves.last("limit/cross_entropy") !== undefined;
    charts.show({ curves, limit: null, phases, isEntropy, speed: null });
  };
  /** The lines of a log that is there come all at once. */
  const soon = () => {
    waits ??= requestAnimationFrame(() => {
      waits = null;
      draw();
    });
  };
  const stop = () => {
    source?.close();
    source = null;
  };
  /** Follows the log of a run; it comes whole, and then as it is written. */
  const follow = (run: string) => {
    stop();
    name = run;
    watched.hidden = false;
    const data = (event: MessageEvent<string>) => JSON.parse(event.data) as unknown;
    source = new EventSource(`api/runs/${encodeURIComponent(run)}/events`);
    source.addEventListener("begin", (event) => {
      curves = new Curves();
      fill(about, `${run}: ${describe(data(event) as Run)}`);
      draw();
    });
    source.addEventListener("line", (event) => {
      curves.add([data(event) as LogLine]);
      soon();
    });
    source.addEventListener("end", (event) => {
      fill(about, `${run}: ${(data(event) as { state: string }).state}`);
      stop();
      void ask();
    });
  };
  /** Whoever has the focus in the list keeps it, unless there are other runs. */
  const listed = (runs: Run[]) => {
    if (runs.map(({ name }) => name).join("/") !== rows.map(({ name }) => name).join("/")) {
      rows = runs.map(({ name }) => ({ name, about: h("span", {}) }));
      fill(
        list,
        ...rows.map(({ name, about }) => {
          const watch = { type: "button", "aria-label": `Watch ${name}`, onclick: () => follow(name) };
          return h("li", {}, h("b", {}, name), about, h("button", watch, "Watch"));
        }),
      );
    }
    runs.forEach((run, i) => rows[i] && fill(rows[i].about, describe(run)));
  };
  const ask = async () => {
    clearTimeout(timer);
    try {
      const response = await fetch("api/runs");
      if (!response.ok) {
        throw new Error(`${response.status} ${response.statusText}`);
      }
      const { runs, left_out } = (await response.json()) as { runs: Run[]; left_out: number };
      const more = left_out > 0 ? `; ${left_out} older ones are left out` : "";
      fill(message, runs.length === 0 ? "There are none in the folder of the server." : `${runs.length} ${runs.length === 1 ? "run" : "runs"}${more}`);
      listed(runs);
      element.hidden = false;
    } catch {
      // A server without runs, or none any more: nothing is said.
      element.hidden = name === null;
    }
    clearTimeout(timer);
    if (shown && !element.hidden) {
      timer = window.setTimeout(() => void ask(), PAUSE);
    }
  };
  return {
    element,
    shown() {
      shown = true;
      void ask();
      if (name !== null) {
        follow(name);
      }
    },
    hidden() {
      shown = false;
      clearTimeout(timer);
      stop();
    },
  };
}

function describe({ preset, state, step, total, validation }: Run): string {
  const share = validation?.["validation/accuracy_last"];
  return [
    preset ?? "a config of its own",
    state,
    total === null ? `step ${count(step)}` : `step ${count(step)} of ${count(total)}`,
    typeof share === "number" ? `${percent(share)} of ninth terms right` : null,
  ]
    .filter((part) => part !== null)
    .join(", ");
}
