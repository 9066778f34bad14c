// What the heads look at in a sequence, now and at the start.

import type { App } from "../app";
import { attentionPicture } from "../attention/picture";
import { fill, h } from "../common/dom";
import type { Judged } from "../engine/protocol";
import { Poll } from "./poll";

const PAUSE = 2000;

export class AttentionPanel {
  readonly element: HTMLElement;
  private readonly picture = attentionPicture({ empty: "It appears when a training has begun." });
  private readonly select = h("select", { onchange: () => this.poll.want() });
  private readonly poll: Poll;
  private offered = "";

  constructor(private readonly app: App) {
    this.element = h(
      "section",
      { class: "panel looking" },
      h("h3", {}, "Attention: which terms each term looks at"),
      h("label", { class: "terms-of" }, "Terms ", this.select),
      this.picture.element,
    );
    this.poll = new Poll(this.element, PAUSE, () => this.ask());
    this.offer([]);
  }

  /** Sequences to choose from, beside the terms of the address. */
  offer(judged: Judged[]): void {
    const own = this.app.store.now.terms;
    const texts = [own, ...judged.map(({ terms }) => terms.slice(0, -1).join(", "))];
    if (texts.join(";") !== this.offered) {
      const before = this.select.value;
      this.offered = texts.join(";");
      fill(this.select, ...[...new Set(texts)].map((text) => h("option", {}, text)));
      this.select.value = texts.includes(before) ? before : own;
    }
  }

  /** The model may be another one. */
  update(): void {
    if (this.app.engine.training === null) {
      this.picture.show(null);
    } else {
      this.poll.want();
    }
  }

  private async ask(): Promise<void> {
    const { engine } = this.app;
    if (engine.training === null) {
      return;
    }
    const text = this.select.value;
    try {
      const [now, start] = await Promise.all(
        ["training", "start"].map((model) => engine.ask("attention", { text, model })),
      );
      const other = start ? { name: "at the start", report: start } : null;
      this.picture.show(now ?? null, { name: "now", other });
    } catch (error) {
      this.picture.show(null, { message: `There is no picture: ${(error as Error).message}` });
    }
  }
}
