// What each head of a model looks at: all heads in small, one of them in large, and in it one term.
//
// Its style is `attention/style.css`, which a view imports into its own style sheet.

import { fill, h } from "../common/dom";
import { shortened } from "../common/integers";
import type { AttentionReport, Integer } from "../engine/protocol";
import { arcs } from "./arcs";
import { heads } from "./heads";
import { type Matrix, matrix } from "./matrix";
import { summary, whereTo, type Weights } from "./words";

export interface Labels {
  /** What the report is of, where there are two: "now". */
  name?: string;
  /** A report to put beside it, of the same terms: "at the start". */
  other?: { name: string; report: AttentionReport } | null;
  /** What is said where there is no report: why the engine refused it. */
  message?: string;
}

export interface AttentionPicture {
  element: HTMLElement;
  show(report: AttentionReport | null, labels?: Labels): void;
}

export interface Options {
  /** What is said until the first report. */
  empty?: string;
}

/** The picture, empty as yet. What is chosen in it outlives the reports that it shows. */
export function attentionPicture(options: Options = {}): AttentionPicture {
  const message = h("p", { class: "quiet" }, options.empty ?? "");
  const overview = heads(() => draw());
  const title = h("h4");
  const about = h("p", { class: "quiet" });
  const large = h("div", { class: "large" });
  const ignored = h("p", { class: "quiet" });
  const heard = h("p", { class: "unseen", "aria-live": "polite" });
  const picture = h(
    "div",
    { class: "picture", hidden: true },
    h("div", { class: "overview" }, overview.element, ignored),
    h("div", { class: "one" }, title, about, large),
    heard,
  );
  const element = h("div", { class: "attention" }, message, picture);

  /** The reports shown, one or two. */
  let shown: { name: string; report: AttentionReport; table: Matrix; line: HTMLElement; words: HTMLElement }[] = [];
  /** The row that is chosen; `null`: the last, which predicts the next term. */
  let chosen: number | null = null;
  let pointed: number | null = null;
  let waits = false;

  const place = (terms: number) => Math.min(pointed ?? chosen ?? terms - 1, terms - 1);
  const look = (change: () => void) => {
    change();
    drawRows();
  };
  const panel = () => {
    const table = matrix(
      (row) => look(() => (pointed = row)),
      (row) => {
        look(() => (chosen = row));
        fill(heard, shown.map(({ name, words }) => `${name && `${name}: `}${words.textContent}`).join(" "));
      },
    );
    return { table, line: h("div", { class: "scroll" }), words: h("p", { class: "words" }) };
  };
  const weightsOf = (report: AttentionReport): Weights => {
    const { layer, head } = overview.chosen();
    return report.layers[layer]?.[head] ?? [];
  };

  const draw = () => {
    const { layer, head } = overview.chosen();
    fill(title, `Layer ${layer + 1}, head ${head + 1}`);
    shown.forEach(({ name, report, table }, index) => {
      const weights = weightsOf(report);
      if (index === 0) {
        const words = summary(weights);
        fill(about, `${words && `${words}. `}A row looks at columns; figures are per cent.`);
      }
      const terms = seen(report).map((term) => shortened(term, 6));
      table.show(name, terms, weights);
    });
    drawRows();
  };
  const drawRows = () => {
    for (const { report, table, line, words } of shown) {
      const terms = seen(report).map((term) => shortened(term, 6));
      const row = place(terms.length);
      const weights = weightsOf(report)[row] ?? [];
      const to = row === terms.length - 1 ? "the next term" : "the term after it";
      const text = `To predict ${to}, term ${row + 1} (${terms[row]}) looks ${whereTo(weights, terms, row)}.`;
      table.mark(row);
      fill(words, text);
      fill(line, arcs(terms, weights, row, text));
      // Many terms scroll.
      line.scrollLeft = (row / terms.length) * line.scrollWidth - line.clientWidth / 2;
    }
  };
  /** At most once per frame, however often there are reports. */
  const soon = () => {
    if (!waits) {
      waits = true;
      requestAnimationFrame(() => {
        waits = false;
        const first = shown[0]?.report;
        if (first) {
          overview.show(first.layers);
          draw();
        }
      });
    }
  };

  return {
    element,
    show(report, labels = {}) {
      const drawn = report !== null && seen(report).length > 0 && report.layers.length > 0;
      message.hidden = drawn;
      picture.hidden = !drawn;
      fill(message, labels.message ?? options.empty ?? "");
      if (!drawn) {
        shown = [];
        fill(large);
        return;
      }
      const reports = [{ name: labels.name ?? "", report }, ...(labels.other ? [labels.other] : [])];
      if (shown.length !== reports.length) {
        shown = reports.map((one) => ({ ...one, ...panel() }));
        fill(
          large,
          ...shown.map(({ table, line, words }) => h("div", { class: "report" }, table.element, h("div", { class: "from" }, line, words))),
        );
      } else {
        shown = shown.map((one, index) => ({ ...one, ...reports[index] }));
      }
      const { ignored: before } = report;
      ignored.hidden = before === 0;
      fill(ignored, before === 1 ? "The first term is not seen." : `The first ${before} terms are not seen.`);
      soon();
    },
  };
}

/** The terms that the model sees, which the weights are about. */
function seen({ terms, ignored }: AttentionReport): Integer[] {
  return terms.slice(ignored);
}
