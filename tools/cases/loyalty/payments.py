"""Paying with points, and with stored money: requests for one cart as quotes of our core."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from tools.cases.loyalty.words import CURRENCY, Said, events
from tools.cases.report import Case, NotUnderstoodError
from wracam.kernel.money import to_major, to_minor
from wracam.loyalty.core import payment

WALLETS = ("ewallet", "wallet", "gift_card", "stored_value")
REQUESTS = ("redeem_request", "request", "requested_points", "points_requested")
EVERYTHING = {"max", "all", "everything", "maximum"}


def is_wallet(program: Said) -> bool:
    """Say whether a case is about stored money."""
    return program.has(*WALLETS)


def is_request(case: Case) -> bool:
    """Say whether a case asks for a quote, or for the worth of points, and not for a history."""
    return any(one.has(*REQUESTS, "balance", "convert", "points_to_money") for one in events(case))


def answers(case: Case) -> dict[str, object]:
    """Return how many points a cart may use, and what they are worth."""
    terms = _terms(Said("program", case.get("program", {})))
    points = worth = 0
    for said in events(case):
        if said.has("convert", "points_to_money"):
            points = said.whole("convert", "points_to_money")
            worth = points // terms.points * terms.worth_minor if terms.points else 0
            said.finish()
            continue
        answer = _quote(terms, said)
        points, worth = answer.points, answer.worth_minor
    return {
        **dict.fromkeys(("points", "points_cost", "points_used", "applied"), points),
        **dict.fromkeys(("worth_minor", "discount_minor", "amount_minor"), worth),
        **dict.fromkeys(("worth", "discount", "amount"), to_major(worth, CURRENCY)),
    }


def _terms(program: Said) -> payment.PaymentTerms:
    """Read what points are worth; points that are worth something only together are used in such steps."""
    points = program.whole("points", "conversion_points", "required_points", default=1)
    if str(program.take("discount_mode", default="per_point")) != "per_point":
        raise NotUnderstoodError("program: a discount that is not so much per point")
    if program.has("discount_per_point", "worth_per_point", "discount"):
        worth = program.minor("discount_per_point", "worth_per_point", "discount") * max(points, 1)
    else:
        worth = program.whole("worth_minor", "conversion_amount", "conversion_minor", default=-1)
        worth = program.minor("worth", "value", default=0) if worth < 0 else worth
    most = program.take("max_points", "max_redeem_points")
    terms = payment.PaymentTerms(
        points=max(0, points), worth_minor=max(0, worth),
        least=program.whole("min_points", "min_redeem_points", "minimum", default=0),
        most=None if most is None else int(most),
        most_percent=max(
            0, min(100, program.whole("max_percent_of_order", "max_percent", "max_redeem_percent", default=100))
        ),
        step=program.whole("step", "multiple_of", "required_points_step", default=max(points, 1)),
    )  # fmt: skip
    program.take("reward", "redemption")
    program.finish()
    return terms


def _quote(terms: payment.PaymentTerms, said: Said) -> payment.PointsPayment:
    balance = said.whole("balance", "available")
    request = said.take(*REQUESTS, default="max")
    asked = balance if str(request).lower() in EVERYTHING else int(request)
    order = said.whole("order_minor", "order_total_minor", default=-1)
    order = said.minor("order_total", "order", default=0) if order < 0 else order
    said.finish()
    return payment.quote(terms, requested=asked, balance=balance, order_minor=max(0, order))


def wallet(case: Case) -> dict[str, object]:
    """Return what is left to pay after stored money paid a part: the tax stays as it is."""
    program = Said("program", case.get("program", {}))
    there = program.minor(*WALLETS)
    program.finish()
    gross = tax = paid = 0
    for said in events(case):
        order = Said("order", said.take("order", default={}))
        for raw in order.items("lines", "items"):
            line_gross, line_tax = _line(Said("line", raw))
            gross, tax = gross + line_gross, tax + line_tax
        order.finish()
        if said.has("pay_with_wallet", "pay_with_gift_card", "pay"):
            wanted = said.take("pay_with_wallet", "pay_with_gift_card", "pay")
            asked = there if str(wanted).lower() in EVERYTHING else to_minor(str(wanted), CURRENCY)
            paid = min(paid + asked, there, gross)
        said.finish()
    left = payment.pay_stored_value(gross_minor=gross, tax_minor=tax, value_minor=paid)
    figures = {
        "to_pay_gross": left.gross_minor, "to_pay": left.gross_minor, "gross": left.gross_minor,
        "net": left.net_minor, "tax": left.tax_minor, "wallet_left": there - paid, "left": there - paid, "paid": paid,
    }  # fmt: skip
    return {name: to_major(value, CURRENCY) for name, value in figures.items()}


def _line(said: Said) -> tuple[int, int]:
    """Return the gross and the tax of a line."""
    quantity = said.whole("qty", "quantity", default=1)
    rate = said.number("tax_rate", "vat", default=0) / 100
    said.take("sku", "name")
    if said.has("net"):
        net = said.minor("net") * quantity
        tax = _cents(Decimal(net) * rate)
        gross = net + tax
    elif said.has("gross"):
        gross = said.minor("gross") * quantity
        tax = gross - _cents(Decimal(gross) / (1 + rate))
    else:
        raise NotUnderstoodError("line: no amount")
    said.finish()
    return gross, tax


def _cents(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))
