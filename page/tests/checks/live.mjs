// The page watches a training of the command line.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";

import { counted } from "../support/visit.mjs";

const SET = ["training.epochs=200", "training.steps_per_epoch=5000", "validation.every_steps=2000", "early_stopping.patience=0"];

export function tests({ binary, sites, visit }) {
  return [
    {
      name: "live: a training of the command line is seen as it goes",
      leftOut: sites[0].runs ? null : "it needs ninth serve",
      test: () =>
        visit(async (visit) => {
          const { page } = visit;
          const run = `watched-${process.pid}`;
          const out = join(sites[0].runs, run);
          const words = ["train", "--preset", "design", "--quiet", "--threads", "1", "--out", out];
          await visit.open();
          // Begun when the page is there already.
          const training = spawn(binary, [...words, ...SET.flatMap((text) => ["--set", text])], { stdio: "ignore" });
          try {
            const row = page.locator(".watch .runs li", { has: page.locator("b", { hasText: run }) });
            await row.waitFor();
            const listed = await row.locator("span").textContent();
            assert.match(listed, /running, step/);
            await row.getByRole("button").click();
            const rows = () => visit.table("Loss", ".watch .charts").then((all) => counted(all.at(-1)?.steps ?? "0"));
            const within = async (condition) => {
              for (let i = 0; i < 60; i++) {
                const last = await rows();
                if (condition(last)) {
                  return last;
                }
                await page.waitForTimeout(500);
              }
              throw new Error(`the curve does not grow: it ends at step ${await rows()}`);
            };
            const first = await within((last) => last > 0);
            const later = await within((last) => last > first);
            training.kill("SIGTERM");
            await page.locator(".watch .about", { hasText: `${run}: stopped` }).waitFor();
            const said = await page.locator(".watch .about").textContent();
            return `"${listed}"; its curve grew from step ${first} to ${later}; then "${said}"`;
          } finally {
            training.kill();
          }
        }),
    },
  ];
}
