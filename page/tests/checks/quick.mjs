// What the preset of the page learns while someone watches.

import assert from "node:assert/strict";

const SECONDS = 60;
const LOOKS = [20, 40, 60];
/** The share of right ninth terms of the first phase that a minute is enough for. */
const REACHED = 0.9;

export function tests({ long, visit }) {
  return [
    {
      name: "the default preset learns in a minute",
      leftOut: long ? null : "it needs --long",
      test: () =>
        visit(async (visit) => {
          await visit.open();
          await visit.train();
          const began = Date.now();
          const said = [];
          let share = 0;
          const look = async (name) => {
            const [row] = (await visit.table("Ninth terms that are right")).slice(-1);
            share = Number.parseFloat(row?.simple ?? "0") / 100;
            said.push(`${name} ${row?.simple ?? "–"} (step ${await visit.step()})`);
          };
          const ended = visit.trained().then(() => true, () => false);
          for (const seconds of LOOKS) {
            const wait = visit.page.waitForTimeout(1000 * seconds - (Date.now() - began)).then(() => false);
            const isOver = await Promise.race([ended, wait]);
            if (isOver) {
              await visit.page.waitForTimeout(2500);
              await look(`end after ${Math.round((Date.now() - began) / 1000)} s`);
              break;
            }
            await look(`${seconds} s`);
          }
          const figure = `simple ninth terms right: ${said.join(", ")}`;
          assert.ok(share >= REACHED, `${figure}; under ${REACHED} after ${SECONDS} s`);
          return figure;
        }),
    },
  ];
}
