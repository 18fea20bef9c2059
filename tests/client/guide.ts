// The frontend guide shows only lines of client.ts and quickstart.ts. Run with the guide and the two files.

import { readFileSync } from "node:fs";

const [guide = "", ...sources] = process.argv.slice(2).map((path) => readFileSync(path, "utf8"));
const lines = (text: string) => text.split("\n").map((line) => line.trim()).filter((line) => line !== "").join("\n");
const known = sources.map((source) => `\n${lines(source)}\n`);

const shown = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)].map((block) => lines(block[1] ?? ""));
if (shown.length === 0) throw new Error("the guide shows no TypeScript");
// "// …" stands for lines that are left out.
const strange = shown.flatMap((block) => block.split("\n// …\n")).filter((part) => !known.some((source) => source.includes(`\n${part}\n`)));
if (strange.length > 0) throw new Error(`the guide shows what is not in the client:\n\n${strange.join("\n\n")}`);
console.log(`${shown.length} snippets of the guide are as they are in the client`);
