// The figures of docs/DECISIONS.md by decision.

/**
 * Reads the tables that stand between `<!-- NAME -->` and `<!-- end -->`, with their heading and the
 * paragraph before them.
 */
export function measured(text) {
  const found = {};
  let heading = "";
  let paragraph = "";
  for (const block of text.split(/\n{2,}/)) {
    const title = /^### (.+)$/.exec(block);
    const mark = /^<!-- (\w+) -->$/.exec(block.trim());
    if (title) {
      heading = title[1];
      paragraph = "";
    } else if (mark && mark[1] !== "end" && mark[1] !== "how") {
      found[mark[1]] = { heading, reason: sentence(paragraph), share: null, options: [] };
    } else if (block.startsWith("|")) {
      const last = Object.values(found).at(-1);
      if (last && last.heading === heading && last.options.length === 0) {
        last.share = SHARES.find((share) => block.includes(`: ${share} |`)) ?? null;
        last.options = rows(block);
      }
    } else if (paragraph === "") {
      paragraph = block;
    }
  }
  for (const [name, { options }] of Object.entries(found)) {
    if (options.length === 0) {
      throw new Error(`docs/DECISIONS.md: no table behind <!-- ${name} -->`);
    }
  }
  return found;
}

/** The first sentence, without marks of emphasis. */
function sentence(paragraph) {
  const plain = paragraph.replaceAll(/\s+/g, " ").replaceAll(/\*\*|\*|`/g, "");
  return (/^.+?[.!](?= [A-Z]|$)/.exec(plain)?.[0] ?? plain).trim();
}

/** What the tables have a share of: of right ninth terms, or of continuations that are right. */
const SHARES = ["ninth", "continued"];

/** The rows of a table: per preset a share in per cent. */
function rows(table) {
  const [header, , ...body] = table.split("\n").map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const columns = ["design", "strong"].flatMap((preset) => {
    const place = header.findIndex((title) => SHARES.some((share) => title === `${preset}: ${share}`));
    return place < 0 ? [] : [[preset, place]];
  });
  return body.map((cells) => {
    const of = ([preset, place]) => {
      const cell = cells[place].replaceAll("*", "");
      const chosen = cells[place].startsWith("**");
      const figures = /^(-?[\d.]+)(?: ± ([\d.]+))?$/.exec(cell);
      return figures
        ? [[preset, { ninth: Number(figures[1]), deviation: Number(figures[2] ?? NaN), chosen }]]
        : [];
    };
    // Names as in the program, where a table writes spaces.
    return { name: cells[0].replaceAll(" ", "_"), ...Object.fromEntries(columns.flatMap(of)) };
  });
}
