"""What a case expects, put beside what we say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tools.cases.promotion.payments import figures, paid
from tools.cases.promotion.saying import Said, listed, number, whole
from tools.cases.promotion.targets import Minor
from tools.cases.report import NotUnderstoodError
from wracam.promotions.contracts import Quote, Reason, RefusedOffer

Pair = tuple[str, tuple[object, object]]
SYNONYMS = {
    **dict.fromkeys(("total", "cart_total", "grand_total"), "order_total"),
    **dict.fromkeys(("subtotal", "items_total_before_discounts", "item_total"), "items_total"),
    **dict.fromkeys(("discount", "total_discount", "discounts_total", "savings"), "discount_total"),
    **dict.fromkeys(("items_discount_total", "item_discount_total"), "items_discount"),
    **dict.fromkeys(("shipping_total", "shipping_price", "shipping_cost"), "shipping"),
    **dict.fromkeys(("shipping_discount_total",), "shipping_discount"),
    **dict.fromkeys(("order_total_gross", "total_gross", "total_incl_tax", "order_total_incl_tax"), "gross_total"),
    **dict.fromkeys(("order_total_net", "total_net", "total_excl_tax", "untaxed_total"), "net_total"),
    **dict.fromkeys(("tax", "vat_total", "taxes"), "tax_total"),
    **dict.fromkeys(("gift_quantity", "gifts_qty"), "gift_qty"), "gift_sku": "gift_skus",
    **dict.fromkeys(("rejection", "rejected_reason", "reason", "error"), "rejected"),
    **dict.fromkeys(("line_discount", "discounts"), "line_discounts"), "line_total": "line_totals",
    **dict.fromkeys(("lines", "line_prices"), "line_totals"), "discounted_unit_prices": "unit_prices",
    **dict.fromkeys(("missing_amount", "amount_missing", "to_go"), "missing"),
    **dict.fromkeys(("promotion_discount", "discount_by_promotion"), "promotion_discounts"),
    **dict.fromkeys(("due", "to_pay", "payable", "left_to_pay", "amount_to_pay", "total_due"), "amount_due"),
    **dict.fromkeys(("gift_cards_used", "paid_by_gift_card", "gift_card_amount", "gift_card_total"), "gift_card_used"),
    **dict.fromkeys(("paid_by_store_credit", "store_credit_amount"), "store_credit_used"),
    **dict.fromkeys(("paid_otherwise", "payments", "paid"), "payments_total"),
    **dict.fromkeys(("balance_left", "card_balance", "remaining_gift_card"), "remaining_balance"),
    **dict.fromkeys(("surcharges", "fees_total", "surcharge_total", "surcharges_total"), "fees"),
    "best_total": "best_possible_total", "applied_promotions": "applied", "unit_price": "unit_prices",
    **dict.fromkeys(("taxes_by_rate", "tax_per_rate"), "tax_by_rate"),
}  # fmt: skip
# The discount in all is that of the products, as in most systems; of delivery where nothing else is for less.
OUTSIDE = frozenset({"best_possible_total"})
"""What is compared by whoever knows the other policy."""
SAME_REASONS: dict[Reason, tuple[str, ...]] = {
    Reason.CUSTOMER_LIMIT_REACHED: ("per_customer_limit_reached", "customer_limit_reached", "already_used",
                                    "per_customer_limit", "usage_limit_per_customer", "customer_usage_limit_reached"),
    Reason.EXHAUSTED: ("usage_limit_reached", "exhausted", "usage_limit", "limit_reached", "fully_used", "used_up"),
    Reason.BUDGET_SPENT: ("budget_exceeded", "budget_spent", "budget_exhausted", "campaign_budget_exceeded"),
    Reason.EXPIRED: ("expired", "coupon_expired", "promotion_expired", "ended"),
    Reason.NOT_YET: ("not_started", "not_yet", "not_yet_active", "not_active_yet", "not_yet_valid", "not_yet_started"),
    Reason.CODE_REQUIRED: ("code_required", "no_code", "missing_code", "coupon_required"),
    Reason.CODE_UNKNOWN: ("code_unknown", "unknown_code", "unknown", "invalid_code", "not_found", "coupon_not_found",
                          "invalid_coupon"),
    Reason.NOT_YOURS: ("not_yours", "customer_not_eligible", "wrong_customer", "not_for_this_customer",
                       "customer_group", "customer_rules_violated"),
    Reason.CONDITION_NOT_MET: ("condition_not_met", "conditions_not_met", "not_eligible", "below_minimum",
                               "minimum_not_reached", "min_amount_not_reached", "order_rules_violated", "inactive",
                               "disabled", "rules_not_met", "minimum_spend", "not_applicable", "ineligible"),
    Reason.DISPLACED: ("displaced", "excluded", "exclusive", "not_combinable", "not_stackable", "superseded"),
    Reason.NO_MATCHING_ITEMS: ("no_matching_items", "no_applicable_items", "no_eligible_items", "not_eligible",
                               "not_applicable", "no_matching_products"),
    Reason.NOT_ENOUGH_ITEMS: ("not_enough_items", "quantity_too_low", "not_eligible", "conditions_not_met"),
    Reason.NO_EFFECT: ("no_effect", "no_discount"),
    Reason.GIFT_OUT_OF_STOCK: ("gift_out_of_stock", "out_of_stock"),
}  # fmt: skip
"""The names that other systems have for our reasons."""


class Answered:
    """One answer of ours, in the words of a case."""

    def __init__(
        self,
        quote: Quote,
        names: Sequence[Sequence[str]],
        major: Callable[[int], Decimal],
        gross_without_offers: int,
        is_code_unknown: bool,
        payments: list[dict[str, Any]],
        minor: Minor,
    ) -> None:
        self.quote = quote
        self.names = names
        """What each promotion is called in the case: key, name, code; the first is what we answer."""
        self.major = major
        self.gross_without_offers = gross_without_offers
        self.is_code_unknown = is_code_unknown
        self.payments = figures(paid(payments, quote.gross_minor, minor), quote.gross_minor)

    def compared(self, expected: Any) -> list[Pair]:
        """Return (what, (theirs, ours)) for everything expected."""
        said = Said(expected, "what is expected", SYNONYMS)
        found: list[Pair] = []
        for name in list(said.words):
            if name in OUTSIDE:
                continue
            theirs = said.take(name)
            if name in {"line_discounts", "line_totals", "unit_prices"}:
                found += self._of_lines(name, Said(theirs, name).words if not isinstance(theirs, Mapping) else theirs)
            elif name == "gift" and isinstance(theirs, Mapping):
                gift = Said(theirs, "a gift", {"quantity": "qty", "gift_sku": "sku", "gift_qty": "qty"})
                found += self._of_parts("gifts", {gift.need("sku"): gift.take("qty", 1)})
                gift.finish()
            elif name in {"promotion_discounts", "gifts", "tax_by_rate"}:
                found += self._of_parts(name, theirs)
            else:
                found.append((name, self._figure(name, theirs)))
        return found

    def _figure(self, name: str, theirs: Any) -> tuple[object, object]:
        quote = self.quote
        money = {
            "order_total": quote.total_minor,
            "items_total": quote.items_minor,
            "discounted_items_total": quote.items_minor - quote.discount_minor,
            "net_total": quote.gross_minor - quote.tax_minor,
            "shipping_discount": quote.shipping_discount_minor,
            "items_discount": quote.discount_minor,
            "discount_total": quote.discount_minor or quote.shipping_discount_minor or quote.fees_discount_minor,
            "all_discounts": quote.discount_minor + quote.shipping_discount_minor + quote.fees_discount_minor,
            "shipping": quote.shipping_minor,
            "gross_total": quote.gross_minor,
            "tax_total": quote.tax_minor,
            "discount_gross": self.gross_without_offers - quote.gross_minor,
            "gap": quote.gap_minor,
            "fees": quote.fees_minor,
            "fees_discount": quote.fees_discount_minor,
            **self.payments,
        }
        if name in money:
            return number(theirs), self.major(money[name])
        counts = {
            "gift_qty": sum(gift.quantity for gift in quote.gifts),
            "applied_count": len(quote.applied),
        }
        if name in counts:
            return whole(theirs), counts[name]
        if name == "missing":
            return number(theirs), self._missing()
        if name == "points_multiplier":
            return number(theirs), Decimal(quote.points_multiplier_bp) / 10_000
        if name == "proved_optimal":
            return theirs, quote.proved_optimal
        if name == "rejected" and not isinstance(theirs, bool):
            return self._rejected(theirs)
        lists = {
            "gift_skus": [gift.sku for gift in quote.gifts],
            "rewards": [reward.reward for reward in quote.rewards],
        }
        if name in lists:
            return sorted(str(one) for one in listed(theirs)), sorted(lists[name])
        if isinstance(theirs, bool) and name in {"applied", "not_applied", "eligible", "rejected"}:
            has_applied = bool(quote.applied)
            return theirs, has_applied if name in {"applied", "eligible"} else not has_applied
        if name in {"applied", "not_applied"}:
            offers: Iterable[Any] = quote.applied if name == "applied" else quote.refused
            return self._called(theirs, [offer.key for offer in offers])
        raise NotUnderstoodError(f"expectation {name}: {theirs!r}")

    def _missing(self) -> Decimal | None:
        """How much the first refused promotion is short of: money, or pieces."""
        short = next((short for offer in self.quote.refused for short in offer.shortfalls if short.missing), None)
        if short is None:
            return None
        is_money = short.measure not in {"quantity", "distinct_products"}
        return self.major(short.missing) if is_money else Decimal(short.missing)

    def _called(self, theirs: Any, keys: Sequence[str]) -> tuple[object, object]:
        """Compare lists of promotions, each by whatever name the case uses for it."""
        expected = [str(one) for one in listed(theirs)]
        ours = []
        for key in keys:
            names = self.names[int(key)]
            ours.append(next((name for name in names if name in expected), names[0]))
        return sorted(expected), sorted(ours)

    def _rejected(self, theirs: Any) -> tuple[object, object]:
        """Compare why a promotion was refused: one reason, or reasons by promotion."""
        if isinstance(theirs, Mapping):
            ours = {name: self._reason(self._refusals_of(str(name)), str(reason)) for name, reason in theirs.items()}
            return dict(theirs), ours
        if theirs in (None, "", []):
            return None, None if not self.quote.refused else self._reason(self.quote.refused, "")
        return theirs, self._reason(self._coded() or self.quote.refused, str(theirs))

    def _coded(self) -> list[RefusedOffer]:
        """Refused offers with codes, which a rejection is mostly about."""
        return [one for one in self.quote.refused if len(self.names[int(one.key)]) > 1]

    def _refusals_of(self, name: str) -> list[RefusedOffer]:
        return [one for one in self.quote.refused if name in self.names[int(one.key)]]

    def _reason(self, refused: Sequence[RefusedOffer], theirs: str) -> str | None:
        """Return our reason; in their words where they mean the same."""
        reasons = [one.reason for one in refused] + ([Reason.CODE_UNKNOWN] if self.is_code_unknown else [])
        said = re.sub(r"[\s-]+", "_", theirs.strip().lower())
        for reason in reasons:
            if said in SAME_REASONS.get(reason, ()) or said == reason.value:
                return theirs
        return reasons[0].value if reasons else None

    def _of_lines(self, name: str, theirs: Mapping[str, Any]) -> list[Pair]:
        """Compare per SKU, or in all as `_sum`; a list is what the single units get or cost."""
        found: list[Pair] = []
        for sku, expected in theirs.items():
            lines = [line for line in self.quote.lines if sku in ("_sum", line.sku)]
            gifts = [gift for gift in self.quote.gifts if gift.sku == sku]
            if not lines and not gifts and sku != "_sum" and name != "line_discounts":
                raise NotUnderstoodError(f"expectation of {sku}, which is not in the cart")
            total = sum((number(part) for part in listed(expected)), Decimal(0))
            if name == "line_discounts":
                ours = sum(line.discount_minor for line in lines) + (0 if lines else sum(g.value_minor for g in gifts))
            else:
                ours = sum(line.total_minor for line in lines)
            figure = self.major(ours)
            if name == "unit_prices":
                units = sum(line.quantity for line in lines)
                total = total if isinstance(expected, list) else total * units
            found.append((f"{name.removeprefix('line_').rstrip('s')} of {sku}", (total, figure)))
        return found

    def _of_parts(self, name: str, theirs: Any) -> list[Pair]:
        if not isinstance(theirs, Mapping):
            raise NotUnderstoodError(f"expectation {name}: {theirs!r}")
        if name == "gifts":
            held = {sku: sum(gift.quantity for gift in self.quote.gifts if gift.sku == sku) for sku in theirs}
            return [(f"gift {sku}", (whole(count), held[sku])) for sku, count in theirs.items()]
        if name == "tax_by_rate":
            taxes = {Decimal(share.rate_bp) / 100: share.tax_minor for share in self.quote.taxes}
            return [
                (f"tax at {rate} %", (number(tax), self.major(taxes.get(number(rate), 0))))
                for rate, tax in theirs.items()
            ]
        given = dict.fromkeys(theirs, 0)
        for offer in self.quote.applied:
            for called in set(self.names[int(offer.key)]) & set(given):
                given[called] += offer.discount_minor
        return [(f"{name} {key}", (number(off), self.major(given[key]))) for key, off in theirs.items()]
