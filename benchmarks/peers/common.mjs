// What all Node peers share: the cart of ten lines, the promotions, and how a call is timed.
// The same cart and promotions as in `same.py`; a driver is called with FOLDER COUNT REPEATS and prints one JSON line.
import { createRequire } from "node:module";

const WARM_UP_MS = 1000;
const [folder, count, repeats] = process.argv.slice(2);

export const load = createRequire(folder + "/");
export const percent = 10;
export const orderMinor = 3000;
export const lines = Array.from({ length: 10 }, (_, number) => ({
  id: `line-${number}`, category: `c${number}`, quantity: 1 + (number % 3), unitMinor: 1000 + number * 130,
}));
// The category that each promotion is about: one in ten is in the cart.
export const categories = Array.from(
  { length: Number(count) }, (_, number) => (number % 10 === 0 ? `c${(number / 10) % 10}` : `x${number}`),
);

// Time `work`, which returns the discount in minor units: warm, then so many calls, each by itself.
export async function measure(work) {
  for (const started = performance.now(); performance.now() - started < WARM_UP_MS; ) await work();
  const times = [];
  const before = process.cpuUsage();
  let discountMinor = 0;
  for (let turn = 0; turn < Number(repeats); turn++) {
    const started = performance.now();
    discountMinor = await work();
    times.push(performance.now() - started);
  }
  const used = process.cpuUsage(before);
  times.sort((left, right) => left - right);
  const median_ms = times[times.length >> 1];
  const cpu_ms = (used.user + used.system) / 1000 / times.length;
  console.log(JSON.stringify({ median_ms, cpu_ms, discount_minor: discountMinor }));
}
