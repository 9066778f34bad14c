// One head in large: a table with a row for each term that looks, a column for each looked at.

import { fill, h } from "../common/dom";
import { moved } from "../common/roving";
import type { Weights } from "./words";

/** More terms than this: shades without figures. */
const MOST_FIGURES = 16;
/** From these weights on a cell is so dark (in a dark scheme: so light) that its ink changes. */
const STRONG = [0.66, 0.8] as const;

export interface Matrix {
  element: HTMLElement;
  show(caption: string, terms: string[], weights: Weights): void;
  /** Marks the row that is looked from. */
  mark(row: number): void;
}

/** `pointed` is told of the row under the pointer, `null` behind it; `chosen` of clicks and keys. */
export function matrix(pointed: (row: number | null) => void, chosen: (row: number) => void): Matrix {
  const caption = h("caption");
  const head = h("tr");
  const body = h("tbody", { onpointerleave: () => pointed(null) });
  const table = h("table", { class: "weights" }, caption, h("thead", {}, head), body);
  const element = h("div", { class: "matrix scroll" }, table);
  let names = "";
  let rows: { row: HTMLElement; button: HTMLButtonElement; cells: HTMLElement[] }[] = [];
  let marked = 0;

  const build = (terms: string[]) => {
    fill(
      head,
      h("td", { class: "corner" }, h("span", { class: "unseen" }, "Term that looks")),
      ...terms.map((term) => h("th", { scope: "col" }, term)),
    );
    rows = terms.map((term, place) => {
      const button = h(
        "button",
        {
          type: "button",
          title: `What ${term} (term ${place + 1}) looks at`,
          onclick: () => chosen(place),
          onfocus: () => chosen(place),
          onkeydown: (event) => {
            const to = moved((event as KeyboardEvent).key, place, rows.length, 1);
            if (to !== null) {
              event.preventDefault();
              rows[to]?.button.focus();
            }
          },
        },
        term,
      );
      const cells = terms.map(() => h("td"));
      const row = h(
        "tr",
        { onpointerenter: () => pointed(place), onclick: () => chosen(place) },
        h("th", { scope: "row" }, button),
        ...cells,
      );
      return { row, button, cells };
    });
    fill(body, ...rows.map(({ row }) => row));
    table.classList.toggle("dense", terms.length > MOST_FIGURES);
  };

  const mark = (place: number) => {
    marked = place;
    rows.forEach(({ row, button }, index) => {
      row.classList.toggle("marked", index === place);
      button.setAttribute("aria-pressed", String(index === place));
      button.tabIndex = index === place ? 0 : -1;
    });
  };

  return {
    element,
    show(text, terms, weights) {
      fill(caption, text);
      if (names !== JSON.stringify(terms)) {
        names = JSON.stringify(terms);
        build(terms);
      }
      weights.forEach((row, y) =>
        row.forEach((weight, x) => {
          const cell = rows[y]?.cells[x];
          if (cell) {
            const figure = Math.round(100 * weight);
            cell.style.setProperty("--weight", `${(100 * weight).toFixed(1)}%`);
            cell.className = `${weight >= STRONG[0] ? "half" : ""} ${weight >= STRONG[1] ? "full" : ""}`;
            cell.textContent = figure > 0 ? String(figure) : "";
          }
        }),
      );
      mark(marked);
    },
    mark,
  };
}
