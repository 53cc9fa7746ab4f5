// json-rules-engine: PROMOTIONS rules over the facts of a cart, one in ten true; prints the least milliseconds of a run.
// Conditions only: it decides which rules hold and computes no money.
import { createRequire } from "node:module";

const [folder, count, repeats] = process.argv.slice(2);
const { Engine } = createRequire(folder + "/")("json-rules-engine");
const engine = new Engine([], { allowUndefinedFacts: true });
for (let number = 0; number < Number(count); number++) {
  const category = number % 10 === 0 ? `c${(number / 10) % 10}` : `x${number}`;
  engine.addRule({
    conditions: { all: [
      { fact: "categories", operator: "contains", value: category },
      { fact: "total", operator: "greaterThanInclusive", value: 3000 },
    ] },
    event: { type: "discount", params: { number, percent: 10 } },
  });
}
const facts = { categories: Array.from({ length: 10 }, (_, number) => `c${number}`), total: 33000 };
let least = Infinity;
let events = 0;
for (let turn = 0; turn < Number(repeats); turn++) {
  const started = performance.now();
  const found = await engine.run(facts);
  least = Math.min(least, performance.now() - started);
  events = found.events.length;
}
console.log(JSON.stringify({ least, events }));
