// Medusa: `computeActions` of its promotion module, the real method, on promotions that are in memory already.
// What is left out: it asks PostgreSQL on every call which automatic promotions cannot match, and loads the others with
// eight relations. With MATCHING=1 only those promotions are handed over that this query would leave.
// What it does: rules, targets, amounts as decimals, budgets; no search for the best combination, no reasons.
import { categories, lines, load, measure, orderMinor, percent } from "./common.mjs";

const { default: module } = load("@medusajs/promotion");
const service = Object.create(module.service.prototype);
const inCart = new Set(lines.map((line) => line.category));
const handedOver = process.env.MATCHING ? categories.filter((category) => inCart.has(category)) : categories;
const promotions = handedOver.map((category, number) => ({
  id: `promotion-${number}`, code: `CODE${number}`, type: "standard", is_automatic: false, is_tax_inclusive: false,
  limit: null, used: 0, campaign: null,
  rules: [{ attribute: "item_total", operator: "gte", values: [{ value: String(orderMinor) }] }],
  application_method: {
    type: "percentage", target_type: "items", allocation: "each", value: percent, max_quantity: 1000,
    currency_code: "pln", buy_rules: [],
    target_rules: [
      { attribute: "items.product.categories.id", operator: "in", values: [{ value: category }] },
    ],
  },
}));
const codes = promotions.map((promotion) => promotion.code);
// The two doors to the database: the connection, which is not used, and the loading of promotions.
service.baseRepository_ = { getFreshManager: () => ({}) };
service.listActivePromotions_ = async () => promotions;

const items = lines.map((line) => ({
  id: line.id, quantity: line.quantity, subtotal: line.quantity * line.unitMinor,
  original_total: line.quantity * line.unitMinor, is_discountable: true,
  product: { id: `product-${line.id}`, categories: [{ id: line.category }] },
}));
const context = {
  currency_code: "pln", items, shipping_methods: [],
  item_total: items.reduce((sum, item) => sum + item.subtotal, 0),
};

await measure(async () => {
  const actions = await service.computeActions(codes, context, { prevent_auto_promotions: true });
  return actions.reduce((sum, action) => sum + Math.round(Number(action.amount)), 0);
});
