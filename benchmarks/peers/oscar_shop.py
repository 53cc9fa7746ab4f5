"""django-oscar: its `Applicator` on the cart of ten lines, as its middleware runs it on every request.

`FOLDER/oscar/bin/python oscar_shop.py COUNT SECONDS`, in the environment where django-oscar is installed; prints one
JSON line. An SQLite database in memory holds the catalog, the offers and the basket. Each turn reads the basket and
applies all offers: a condition "one product of the category" and a benefit "10 % off it", one in ten of which is in the
cart. What is left out: the network and the disk of a real database. It does no search for the best combination and
gives no reasons.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from decimal import Decimal
from typing import Any

TURNS_MIN = 3
SHOP_PARTS = (
    "analytics", "checkout", "address", "shipping", "catalogue", "communication", "partner", "basket", "payment",
    "offer", "order", "customer", "search", "voucher", "wishlists",
)  # fmt: skip
INSTALLED = (
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sites", "django.contrib.sessions",
    "django.contrib.messages", "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
    *(f"oscar.apps.{name}.apps.{name.title()}Config" for name in SHOP_PARTS),
    "widget_tweaks", "haystack", "treebeard", "django_tables2",
)  # fmt: skip


def main(count: int, seconds: float) -> None:
    """Build the shop, apply the offers for so many seconds, and print the figures."""
    _set_up()
    basket_id = _build(count)
    turn(basket_id)
    queries = _queries_of_a_turn(basket_id)
    walls: list[float] = []
    ends_at, busy, discount = time.perf_counter() + seconds, time.process_time(), Decimal(0)
    while len(walls) < TURNS_MIN or time.perf_counter() < ends_at:
        started = time.perf_counter()
        discount = turn(basket_id)
        walls.append((time.perf_counter() - started) * 1000)
    busy = (time.process_time() - busy) * 1000 / len(walls)
    figures = {
        "median_ms": statistics.median(walls), "cpu_ms": busy, "discount_minor": int(discount * 100),
        "queries": queries,
    }  # fmt: skip
    sys.stdout.write(json.dumps(figures) + "\n")


def turn(basket_id: int) -> Decimal:
    """Read the basket, apply every offer, and return the discount."""
    from oscar.core.loading import get_class, get_model

    basket = get_model("basket", "Basket").objects.get(id=basket_id)
    basket.strategy = get_class("partner.strategy", "Default")()
    get_class("offer.applicator", "Applicator")().apply(basket)
    total: Decimal = basket.total_discount
    return total


def _set_up() -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command
    from oscar import defaults

    shipped: dict[str, Any] = {name: getattr(defaults, name) for name in dir(defaults) if name.startswith("OSCAR_")}
    settings.configure(
        **{**shipped, "OSCAR_DEFAULT_CURRENCY": "PLN"},
        INSTALLED_APPS=INSTALLED,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        HAYSTACK_CONNECTIONS={"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
        MIGRATION_MODULES=dict.fromkeys((*SHOP_PARTS, "reviews")),
        SECRET_KEY=os.urandom(16).hex(),
        SITE_ID=1,
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)


def _build(count: int) -> int:
    """Make ten products in the basket, each in a category of its own, and *count* offers; return the basket's id."""
    from oscar.core.loading import get_class, get_model

    kind = get_model("catalogue", "ProductClass").objects.create(name="plant", track_stock=False)
    partner = get_model("partner", "Partner").objects.create(name="zielnik")
    categories = {name: _category(name) for name in (f"c{number}" for number in range(10))}
    basket = get_model("basket", "Basket").objects.create()
    basket.strategy = get_class("partner.strategy", "Default")()
    for number in range(10):
        product = get_model("catalogue", "Product").objects.create(product_class=kind, title=f"product {number}")
        product.categories.add(categories[f"c{number}"])
        price = Decimal(1000 + number * 130) / 100
        product.stockrecords.create(partner=partner, partner_sku=f"s{number}", price=price, price_currency="PLN")
        basket.add_product(product, 1 + number % 3)
    for number in range(count):
        name = f"c{number // 10 % 10}" if number % 10 == 0 else f"x{number}"
        _offer(number, categories.get(name) or _category(name))
    return int(basket.id)


def _category(name: str) -> Any:
    from oscar.core.loading import get_model

    return get_model("catalogue", "Category").objects.add_root({"name": name})


def _offer(number: int, category: Any) -> None:
    from oscar.core.loading import get_model

    products = get_model("offer", "Range").objects.create(name=f"range {number}")
    products.included_categories.add(category)
    condition = get_model("offer", "Condition").objects.create(range=products, type="Count", value=1)
    benefit = get_model("offer", "Benefit").objects.create(range=products, type="Percentage", value=10)
    get_model("offer", "ConditionalOffer").objects.create(
        name=f"offer {number}", condition=condition, benefit=benefit, exclusive=False
    )


def _queries_of_a_turn(basket_id: int) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        turn(basket_id)
    return len(captured)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
