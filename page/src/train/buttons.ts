// The buttons of the training: begin, pause, step, drop, keep.

import type { App } from "../app";
import { fill, h } from "../common/dom";
import { count } from "../common/figures";
import { twoStep } from "../common/two-step";
import { choices } from "../state/address";
import type { Chosen } from "./controls/chosen";
import { keepForm } from "./keep";

/** Steps that are dropped without a question. */
const FEW = 1000;

export interface Buttons {
  element: HTMLElement;
  /** Shows what can be done now. */
  update(): void;
}

export function buttons(app: App, chosen: Chosen): Buttons {
  const { engine, store } = app;
  const failure = h("p", { class: "refusal", role: "alert", hidden: true });
  const attempt = async (action: () => Promise<void>) => {
    failure.hidden = true;
    try {
      await action();
    } catch (error) {
      failure.hidden = false;
      fill(failure, (error as Error).message);
    }
  };
  const begin = () => engine.start(choices(store.now));
  const anew = () => void attempt(async () => (await begin(), engine.run()));
  const question = () => {
    const steps = engine.training?.step ?? 0;
    return steps > FEW ? `Drop ${count(steps)} steps?` : null;
  };

  const main = h("button", {
    type: "button",
    class: "primary",
    onclick: () => {
      const { training } = engine;
      if (!training) {
        anew();
      } else if (training.running) {
        engine.pause();
      } else {
        engine.run();
      }
    },
  });
  const step = h(
    "button",
    {
      type: "button",
      onclick: () =>
        void attempt(async () => {
          if (!engine.training) {
            await begin();
          }
          engine.step(1);
        }),
    },
    "Step",
  );
  const reset = twoStep("Reset", question, () => engine.drop());
  const keep = keepForm(app);
  const startAnew = twoStep("Start anew with these", question, anew);
  const differing = h(
    "p",
    { class: "differing" },
    h("span", {}, "The choices differ from those of this training. "),
    startAnew,
  );
  const refused = h("p", { class: "refusal narrow-only" });
  const element = h(
    "div",
    { class: "buttons" },
    h("div", { class: "row" }, main, step, reset, keep.button),
    keep.form,
    failure,
    refused,
    differing,
  );

  const update = () => {
    const { training } = engine;
    const ended = training !== null && training.ending !== null;
    const isRefused = chosen.refusal !== null;
    fill(refused, chosen.refusal);
    refused.hidden = !isRefused;
    main.textContent = training?.running ? "Pause" : training && training.step > 0 ? "Go on" : "Train";
    main.disabled = ended || (training === null && isRefused);
    step.disabled = ended || (training?.running ?? isRefused);
    reset.disabled = training === null;
    keep.update();
    const same = training !== null && sameChoices(training.config.text, chosen.summary?.text);
    differing.hidden = training === null || (same && !ended);
    const [text] = differing.children;
    fill(
      text as Element,
      same
        ? "The training is over. Keep it, or begin again. "
        : "The choices differ from those of this training, which keeps its own. ",
    );
    startAnew.disabled = isRefused;
  };
  return { element, update };
}

/** Whether two configs are the same; one that is not known yet is no difference. */
function sameChoices(one: string, two: string | undefined): boolean {
  return two === undefined || one === two;
}
