// json-rules-engine: a rule for each promotion over the facts of a cart, one in ten true.
// Conditions only: it decides which rules hold and computes no money.
import { categories, lines, load, measure, orderMinor, percent } from "./common.mjs";

const { Engine } = load("json-rules-engine");
const engine = new Engine([], { allowUndefinedFacts: true });
for (const category of categories) {
  engine.addRule({
    conditions: { all: [
      { fact: "categories", operator: "contains", value: category },
      { fact: "total", operator: "greaterThanInclusive", value: orderMinor },
    ] },
    event: { type: "discount", params: { category, percent } },
  });
}
const facts = {
  categories: lines.map((line) => line.category),
  total: lines.reduce((sum, line) => sum + line.quantity * line.unitMinor, 0),
};

await measure(async () => {
  const { events } = await engine.run(facts);
  if (events.length !== categories.filter((category) => facts.categories.includes(category)).length) {
    throw new Error(`${events.length} rules held`);
  }
  return null;
});
