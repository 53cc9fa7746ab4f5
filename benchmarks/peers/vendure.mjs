// Vendure: `OrderCalculator.applyPriceAdjustments`, the real class and entities, with its own condition
// `minimum_order_amount` and its own action `products_percentage_discount` (it knows product variants, so the one
// variant of the category stands for it). Promotions, zone and tax rate are in memory already; tax is 0 %.
// What it does: every promotion is tested and applied to every line again, totals and taxes; no search for the best
// combination, no reasons. What is left out: reading the order and the promotions, and saving.
import { categories, lines, load, measure, orderMinor, percent } from "./common.mjs";

const core = load("@vendure/core");
const ctx = { channelId: 1, channel: { id: 1, pricesIncludeTax: false } };
const zone = { id: 1, name: "PL", members: [] };
const taxRate = new core.TaxRate({ id: 1, name: "none", value: 0, category: { id: 1 }, zone });
const cache = new Map();
const calculator = new core.OrderCalculator(
  { taxOptions: {
    taxZoneStrategy: { determineTaxZone: () => zone },
    taxLineCalculationStrategy: new core.DefaultTaxLineCalculationStrategy(),
  } },
  { getAllWithMembers: async () => [zone] },
  { getApplicableTaxRate: async () => taxRate },
  {},
  {},
  { get: (_ctx, key, make) => cache.get(key) ?? cache.set(key, make()).get(key) },
);

const promotionConditions = [core.minimumOrderAmount];
const promotionActions = [core.productsPercentageDiscount];
const promotions = categories.map((category, number) => new core.Promotion({
  id: number + 1, name: `promotion ${number}`, enabled: true, priorityScore: 10, promotionConditions, promotionActions,
  conditions: [{ code: "minimum_order_amount", args: [
    { name: "amount", value: String(orderMinor) }, { name: "taxInclusive", value: "false" },
  ] }],
  actions: [{ code: "products_percentage_discount", args: [
    { name: "discount", value: String(percent) }, { name: "productVariantIds", value: JSON.stringify([category]) },
  ] }],
}));
const order = new core.Order({
  id: 1, code: "CART", couponCodes: [], surcharges: [], shippingLines: [], promotions: [],
  lines: lines.map((line) => new core.OrderLine({
    id: line.id, quantity: line.quantity, orderPlacedQuantity: 0, listPrice: line.unitMinor, listPriceIncludesTax: false, adjustments: [],
    taxLines: [], taxCategoryId: 1, productVariant: new core.ProductVariant({ id: line.category }),
  })),
});
const fullMinor = lines.reduce((sum, line) => sum + line.quantity * line.unitMinor, 0);

await measure(async () => {
  await calculator.applyPriceAdjustments(ctx, order, promotions);
  return fullMinor - order.subTotal;
});
