// Runs a program for wasm32-wasip1 in node: cargo's runner for the tests of `.ci/wasm`.
// Usage: node .ci/wasi.mjs PROGRAM.wasm [ARGUMENT...]
//
// The program sees this machine's files, as a native test does.
import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { WASI } from 'node:wasi';

// Later ones have relaxed SIMD without a flag.
if (Number.parseInt(process.versions.node) < 21) {
    setFlagsFromString('--experimental-wasm-relaxed-simd');
}

const args = process.argv.slice(2);
const wasi = new WASI({
    version: 'preview1',
    args,
    env: { ...process.env, PWD: process.cwd() },
    preopens: { '/': '/' },
});
const program = await WebAssembly.compile(await readFile(args[0]));
process.exitCode = wasi.start(await WebAssembly.instantiate(program, wasi.getImportObject()));
