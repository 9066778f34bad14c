// What serves the page: `ninth serve`, or a plain server of the files that it exports.

import { spawn, spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { createInterface } from "node:readline";

/** Seconds that a command of the program may take. */
const LONGEST = 300;
const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** Runs a command of the program to its end. Gives its standard output; throws where it fails. */
export function ninth(binary, ...words) {
  const { status, error, stdout, stderr } = spawnSync(binary, words, { encoding: "utf8", timeout: 1000 * LONGEST });
  if (status !== 0) {
    throw new Error(`ninth ${words.join(" ")}: ${error ?? `status ${status}`}\n${stderr}`);
  }
  return stdout;
}

/** Starts `ninth serve` on a free port. */
export async function ninthServer(binary, runs) {
  const server = spawn(binary, ["serve", "--port", "0", "--runs", runs], { stdio: ["ignore", "pipe", "ignore"] });
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).once("line", resolve);
    server.once("error", reject);
    server.once("exit", (status) => reject(new Error(`ninth serve ended with status ${status}`)));
  });
  const url = /http:\S+/.exec(line)?.[0];
  if (url === undefined) {
    server.kill();
    throw new Error(`ninth serve: no address in its first line: ${line}`);
  }
  return { name: "ninth serve", url, runs, stop: () => server.kill() };
}

/** Serves a folder, with no header but the type. */
export async function fileServer(folder) {
  const server = createServer(async ({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const name = pathname === "/" ? "index.html" : decodeURIComponent(pathname.slice(1));
    try {
      // No file of the page is in a folder.
      const file = /[/\\]/.test(name) ? null : await readFile(join(folder, name));
      response.writeHead(file ? 200 : 404, file ? { "Content-Type": TYPES[extname(name)] ?? "application/octet-stream" } : {});
      response.end(file);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => server.close();
  return { name: "exported files", url: `http://127.0.0.1:${server.address().port}/`, stop };
}
