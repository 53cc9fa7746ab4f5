"""What the engine said of a cart, arranged for people: prices, then each promotion by what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from wracam.kernel.language import Language
from wracam.kernel.money import Money
from wracam.promotions.contracts import (
    CodeOutcome,
    Evaluation,
    ExplainedOffer,
    OfferOutcome,
    PricedLine,
    Requirement,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """A priced line with the product's name and what each promotion took off it."""

    name: str
    line: PricedLine
    subtotal: Money
    discount: Money | None
    total: Money
    tax: Money
    tax_percent: str
    parts: tuple[tuple[str, Money], ...]
    lowest: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOffer:
    """What became of one promotion, with the units it took, what it required and what displaced it."""

    key: str
    title: str
    sentence: str
    amount: Money | None
    cut_from: Money | None
    units: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    requirement_sentences: tuple[str, ...]
    displaced_by: tuple[str, ...]
    difference: Money | None
    version_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Promotions of one outcome under a heading."""

    title: str
    tone: str
    offers: tuple[ShownOffer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The whole answer as the bench shows it."""

    evaluation: Evaluation
    lines: tuple[ShownLine, ...]
    groups: tuple[Group, ...]
    codes: tuple[tuple[str, str, bool], ...]
    gifts: tuple[tuple[int, str], ...]
    """How many, and what they are called."""
    proof: str
    amounts: tuple[tuple[str, Money], ...]
    taxes: tuple[tuple[str, Money, Money], ...]
    gross: Money
    saved: Money


def verdict_of(evaluation: Evaluation, names: Mapping[str, str], language: Language) -> Verdict:
    """Arrange an evaluation; *names* are the products' names by SKU."""
    quote = evaluation.quote

    def money(minor: int) -> Money:
        return Money(minor, quote.currency)

    titles = {one.key: one.title.say(language) for one in evaluation.offers}
    amounts = [
        (_("Goods before promotions"), money(quote.items_minor)),
        (_("Discounts"), money(-quote.discount_minor)),
        (_("Delivery"), money(quote.shipping_minor)),
        (_("Delivery discount"), money(-quote.shipping_discount_minor)),
        (_("Fees"), money(quote.fees_minor)),
    ]
    return Verdict(
        evaluation=evaluation,
        lines=tuple(_line(one, evaluation, names, titles) for one in quote.lines),
        groups=_groups(evaluation, names, titles, language),
        codes=tuple((one.code, one.sentence.say(language), _is_good(one.outcome)) for one in evaluation.codes),
        proof=_proof(evaluation),
        gifts=tuple((one.quantity, names.get(one.sku, one.sku)) for one in quote.gifts),
        amounts=tuple((title, amount) for title, amount in amounts if amount.amount_minor),
        taxes=tuple((percent_text(one.rate_bp), money(one.net_minor), money(one.tax_minor)) for one in quote.taxes),
        gross=money(quote.gross_minor),
        saved=money(quote.discount_minor + quote.shipping_discount_minor + quote.fees_discount_minor),
    )


def percent_text(rate_bp: int) -> str:
    """Write basis points as a percentage: 2300 is `23 %`, 850 is `8.5 %`."""
    whole, part = divmod(rate_bp, 100)
    return f"{whole}\u00a0%" if not part else f"{whole}.{part:02d}".rstrip("0") + "\u00a0%"


def _is_good(outcome: CodeOutcome) -> bool:
    return outcome is CodeOutcome.APPLIED


def _proof(evaluation: Evaluation) -> str:
    quote = evaluation.quote
    if evaluation.policy.combination.value == "priority":
        return _("Chosen in the order of priority.")
    if quote.proved_optimal:
        return _("Proved: no allowed combination is cheaper for the customer.")
    gap = f"{quote.gap_minor / 100:.2f} {quote.currency}"
    return _("The best found in the time given; at most %(gap)s better could exist.") % {"gap": gap}


def _line(one: PricedLine, evaluation: Evaluation, names: Mapping[str, str], titles: Mapping[str, str]) -> ShownLine:
    currency = evaluation.quote.currency
    parts = [
        (titles[offer.key], Money(minor, currency))
        for offer in evaluation.offers
        for line_id, minor in offer.lines
        if line_id == one.id and minor
    ]
    lowest = next((item.lowest_minor for item in evaluation.lowest_prices if item.line_id == one.id), None)
    return ShownLine(
        name=names.get(one.sku, one.sku),
        line=one,
        subtotal=Money(one.subtotal_minor, currency),
        discount=Money(-one.discount_minor, currency) if one.discount_minor else None,
        total=Money(one.total_minor, currency),
        tax=Money(one.tax_minor, currency),
        tax_percent=percent_text(one.tax_rate_bp),
        parts=tuple(parts),
        lowest=Money(lowest, currency) if lowest is not None else None,
    )


def _groups(
    evaluation: Evaluation, names: Mapping[str, str], titles: Mapping[str, str], language: Language
) -> tuple[Group, ...]:
    kinds = [
        (_("Applied"), "good", {OfferOutcome.APPLIED}),
        (_("Nearly"), "look", {OfferOutcome.NEARLY}),
        (_("Displaced by others"), "plain", {OfferOutcome.DISPLACED}),
        (_("Used up"), "look", {OfferOutcome.EXHAUSTED, OfferOutcome.CUSTOMER_LIMIT_REACHED}),
        (_("Not for this cart"), "quiet", set(OfferOutcome)),
    ]
    left = list(evaluation.offers)
    groups = []
    for title, tone, outcomes in kinds:
        members = [one for one in left if one.outcome in outcomes]
        left = [one for one in left if one.outcome not in outcomes]
        if members:
            shown = tuple(_offer(one, evaluation, names, titles, language) for one in members)
            groups.append(Group(title=title, tone=tone, offers=shown))
    return tuple(groups)


def _offer(
    one: ExplainedOffer,
    evaluation: Evaluation,
    names: Mapping[str, str],
    titles: Mapping[str, str],
    language: Language,
) -> ShownOffer:
    currency = evaluation.quote.currency
    given = one.discount_minor
    skus = {line.id: line.sku for line in evaluation.quote.lines}
    return ShownOffer(
        key=one.key,
        title=one.title.say(language),
        sentence=one.sentence.say(language),
        amount=Money(-given, currency) if given else None,
        cut_from=Money(one.desired_minor, currency) if one.desired_minor > given > 0 else None,
        units=tuple(
            names.get(skus.get(line_id, ""), skus.get(line_id, line_id)) for line_id, minor in one.lines if minor
        ),
        requirements=one.requirements,
        requirement_sentences=_requirement_sentences(one.requirements, language),
        displaced_by=tuple(titles.get(key, key) for key in one.displaced_by),
        difference=Money(one.difference_minor, currency) if one.difference_minor else None,
        version_id=one.version_id,
    )


def _requirement_sentences(requirements: Sequence[Requirement], language: Language) -> tuple[str, ...]:
    return tuple(one.sentence.say(language) for one in requirements if one.is_met is not True)
