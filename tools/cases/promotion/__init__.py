"""Promotion cases: a cart, promotions in plain words, and what another system's tests expect."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tools.cases.promotion.carts import cart_of
from tools.cases.promotion.expectations import Answered
from tools.cases.promotion.offers import Promotions, Reader, key_of
from tools.cases.promotion.payments import without_payments
from tools.cases.promotion.policies import habits_of, named_by, policy_of
from tools.cases.promotion.saying import Said, listed, number, whole
from tools.cases.report import Case, NotUnderstoodError
from wracam.kernel.money import currency_code, to_major, to_minor
from wracam.promotions.contracts import Cart, Policy, Quote, Reason, Standing
from wracam.promotions.core.engine import Catalog, evaluate
from wracam.promotions.core.units import Units

KNOWN = frozenset({
    "id", "name", "source", "currency", "lines", "promotions", "expected", "portable", "policy", "customer", "shipping",
    "prices_include_tax", "note", "codes", "now", "gift_picks", "stock", "country", "channel", "payment",
    "payment_method", "store", "region", "language", "lanes", "zone", "shipments", "fees",
})  # fmt: skip
SYNONYMS = {
    "items": "lines", "cart": "lines", "coupons": "codes", "coupon_codes": "codes", "date": "now", "at": "now",
    "tax_included": "prices_include_tax", "shop": "store", "locale": "language", "stocks": "stock",
    "expect": "expected",
    **dict.fromkeys(("surcharges", "surcharge", "fee", "additional_fees"), "fees"),
    **dict.fromkeys(("shippings", "shipping_lines", "shipping_methods", "deliveries"), "shipments"),
}  # fmt: skip


def judge(case: Case) -> dict[str, tuple[object, object]]:
    """Return {what: (expected, ours)} for every expectation of the case."""
    try:
        return _Case(case).compared()
    except NotUnderstoodError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise NotUnderstoodError(f"{type(error).__name__}: {error}") from error


class _Case:
    """One case, read into our words."""

    def __init__(self, case: Case) -> None:
        case, self.payments = without_payments(case)
        said = Said(case, "the case", SYNONYMS)
        unknown = sorted(set(said.words) - KNOWN)
        if unknown:
            raise NotUnderstoodError(f"the case says {', '.join(f'{name}: {said.words[name]!r}' for name in unknown)}")
        self.words: dict[str, Any] = said.words
        self.currency = currency_code(str(self.words.get("currency", "USD")))
        self.named = named_by(self.words)
        self.cart, fixed = cart_of(self.words, self.currency, self.minor, self._gift_picks())
        reader = Reader(self.words, Units(self.cart), self.minor, habits_of(self.named), fixed)
        self.promotions: Promotions = reader.promotions()

    def minor(self, amount: Any) -> int:
        """Read an amount of the case's currency."""
        return to_minor(number(amount, "an amount"), self.currency)

    def major(self, amount_minor: int) -> Decimal:
        """Write an amount of ours."""
        return to_major(amount_minor, self.currency)

    def compared(self) -> dict[str, tuple[object, object]]:
        """Put what the case expects beside what we say; a failure under a policy that nobody knows is no answer."""
        expected = Said(self.words.get("expected"), "what is expected")
        policy = policy_of(
            self.named,
            is_ordered=self.promotions.is_ordered,
            has_exclusive=self.promotions.has_exclusive,
        )
        answered = Answered(
            self._answer(policy),
            self.promotions.names,
            self.major,
            evaluate(self.cart, Catalog(()), policy).gross_minor,
            self._is_code_unknown(),
            self.payments,
            self.minor,
        )
        found = dict(answered.compared(expected.words))
        for name in ("best_possible_total", "best_total"):
            if name in expected:
                best = self._answer(Policy())
                found[name] = (number(expected.take(name)), self.major(best.total_minor))
        wrong = [f"{what}: expected {theirs}, ours {ours}" for what, (theirs, ours) in found.items() if theirs != ours]
        if wrong and self.named.unknown:
            raise NotUnderstoodError(f"policy {'; '.join(self.named.unknown)!r} (with ours, {'; '.join(wrong)})")
        return found

    def _answer(self, policy: Policy) -> Quote:
        """Price the cart; a budget that is given whole or not at all is looked at once the discounts are known."""
        promotions, standings = self.promotions, dict(self.promotions.standings)
        partly = {key: left for key, left in promotions.budgets.items() if key not in promotions.whole_budgets}
        spent = {key: left for key, left in promotions.budgets.items() if key not in partly and left <= 0}
        while True:
            found = self._quote(policy, standings, partly | spent)
            beyond = [
                offer.key
                for offer in found.applied
                if offer.key in promotions.whole_budgets and offer.discount_minor > promotions.budgets[offer.key]
            ]
            if not beyond:
                return found
            standings |= dict.fromkeys(beyond, Standing(reason=Reason.BUDGET_SPENT))

    def _quote(self, policy: Policy, standings: dict[str, Standing], budgets: dict[str, int]) -> Quote:
        stocks = {str(sku): whole(count) for sku, count in (self.words.get("stock") or {}).items()}
        catalog = Catalog(self.promotions.offers)
        return evaluate(self.cart, catalog, policy, standings, budgets=budgets, stocks=stocks, explains_all=True)

    def _gift_picks(self) -> tuple[tuple[str, str], ...]:
        picks = self.words.get("gift_picks") or {}
        keys = {
            str(words.get("key", words.get("id", place))): place
            for place, words in enumerate(self.words.get("promotions") or ())
        }
        return tuple(
            (key_of(keys[str(name)]), str(sku))
            for name, skus in picks.items()
            for sku in listed(skus)
            if str(name) in keys
        )

    def _is_code_unknown(self) -> bool:
        entered = {str(code).strip().casefold() for code in listed(self.words.get("codes"))}
        return bool(entered - self.promotions.codes)


__all__ = ["Cart", "judge"]
