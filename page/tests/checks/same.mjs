// A training of the page is that of the program.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { percent, validations } from "../support/visit.mjs";

/** Largest difference of losses, as a part of them: engines round a multiplication and an addition once or twice. */
const LOSS = 1e-4;
/** Sequences that may be judged otherwise. */
const SEQUENCES = 2;

const TRAININGS = [
  {
    name: "design, 4,000 steps",
    preset: "design",
    set: {
      "training.epochs": "4",
      "training.steps_per_epoch": "1000",
      "validation.every_steps": "500",
      "training.seed": "1",
    },
    scalar: "validation/accuracy_all",
    reached: 0.03,
  },
  {
    name: "quick, 300 steps",
    preset: "quick",
    set: {
      "training.epochs": "3",
      "training.steps_per_epoch": "100",
      "validation.every_steps": "100",
      "training.seed": "7",
    },
    scalar: "phase_simple/accuracy_all",
    reached: 0.2,
  },
];
/** The last one once more, by the engine for browsers without relaxed SIMD. */
TRAININGS.push({ ...TRAININGS.at(-1), name: "quick, 300 steps, without relaxed SIMD", plain: true });

export function tests({ ninth, folder, visit }) {
  return TRAININGS.map(({ name, preset, set, scalar, reached, plain = false }, i) => ({
    name: `the same as the program: ${name}`,
    leftOut: ninth ? null : "it needs --ninth",
    async test() {
      const out = join(folder, `same-${i}`);
      const assignments = Object.entries(set).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
      ninth("train", "--preset", preset, ...assignments, "--quiet", "--threads", "1", "--out", out);
      const log = readFileSync(join(out, "metrics.jsonl"), "utf8");
      const theirs = validations(log.trim().split("\n").map((line) => JSON.parse(line)));
      const sequences = /^sequences = (\d+)$/m.exec(section(readFileSync(join(out, "config.toml"), "utf8"), "validation"));
      assert.ok(sequences, "config.toml says how many sequences a validation has");

      const { ours, shown } = await visit(async (visit) => {
        if (plain) {
          await withoutRelaxed(visit.context);
        }
        const address = new URLSearchParams({ preset, ...Object.fromEntries(Object.entries(set).map(([key, value]) => [`set.${key}`, value])) });
        await visit.open(`#${address}`);
        await visit.train();
        const { lines } = await visit.trained();
        const module = await visit.page.evaluate(() => document.documentElement.dataset.module);
        assert.equal(module, plain ? "engine.wasm" : "engine-relaxed.wasm");
        // The table is made anew at most every two seconds.
        await visit.page.waitForTimeout(2500);
        return { ours: validations(lines), shown: await visit.table("Ninth terms that are right") };
      });
      return compared(theirs, ours, Number(sequences[1]), shown, { scalar, reached });
    },
  }));
}

/** Makes the worker believe that the browser has no relaxed SIMD. */
async function withoutRelaxed(context) {
  await context.route("**/worker.js", async (route) => {
    const response = await route.fetch();
    const body = `WebAssembly.validate = () => false;\n${await response.text()}`;
    await route.fulfill({ response, body });
  });
}

function compared(theirs, ours, sequences, shown, { scalar, reached }) {
  assert.deepEqual(ours.map(({ step }) => step), theirs.map(({ step }) => step), "steps of the validations");
  let [loss, share] = [0, 0];
  theirs.forEach((their, i) => {
    const our = ours[i];
    loss = Math.max(loss, Math.abs(our["validation/loss"] / their["validation/loss"] - 1));
    share = Math.max(share, Math.abs(our["validation/accuracy_all"] - their["validation/accuracy_all"]));
    assert.ok(loss <= LOSS, `step ${their.step}: loss ${our["validation/loss"]}, not ${their["validation/loss"]}`);
    assert.ok(
      share * sequences <= SEQUENCES,
      `step ${their.step}: share ${our["validation/accuracy_all"]}, not ${their["validation/accuracy_all"]}`,
    );
  });
  const last = ours.at(-1);
  assert.equal(shown.at(-1).simple, shownPercent(last["phase_simple/accuracy_last"]), "what the chart's table shows");
  assert.ok(last[scalar] >= reached, `${scalar} ${last[scalar]} at step ${last.step}, under ${reached}`);
  return (
    `${scalar} ${percent(last[scalar])} at step ${last.step}; largest difference in ${ours.length} validations: ` +
    `loss ${loss.toExponential(1)} of it, share ${(share * sequences).toFixed(2)} of ${sequences} sequences`
  );
}

/** As the charts write a share. */
function shownPercent(share) {
  return `${Number((100 * share).toFixed(1))} %`;
}

function section(toml, name) {
  return toml.split(/^(?=\[)/m).find((part) => part.startsWith(`[${name}]`)) ?? "";
}
