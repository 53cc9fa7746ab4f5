"""Everything that can be asked about trade."""

from wracam.commerce.queries.facts import line_facts, order_facts
from wracam.commerce.queries.orders import (
    OrderFilter,
    OrderPage,
    count_orders,
    order,
    order_id_of,
    order_ids_named,
    order_ids_of_people,
    orders,
    orders_of,
    search_orders,
)
from wracam.commerce.queries.products import (
    ProductFilter,
    ProductPage,
    count_products,
    lowest_price,
    price_history,
    product,
    products,
    search_products,
)
from wracam.commerce.queries.selling import (
    SoldProduct,
    SoldRow,
    skus_of_shop,
    sold_products,
    sold_products_of,
    sold_products_question,
)
from wracam.commerce.queries.snapshots import problems_of
from wracam.commerce.queries.statistics import (
    has_orders,
    sales_between,
    sales_in_spans,
    sales_of_shop,
    sales_since,
    trade_statistics,
)

__all__ = [
    "OrderFilter",
    "OrderPage",
    "ProductFilter",
    "ProductPage",
    "SoldProduct",
    "SoldRow",
    "count_orders",
    "count_products",
    "has_orders",
    "line_facts",
    "lowest_price",
    "order",
    "order_facts",
    "order_id_of",
    "order_ids_named",
    "order_ids_of_people",
    "orders",
    "orders_of",
    "price_history",
    "problems_of",
    "product",
    "products",
    "sales_between",
    "sales_in_spans",
    "sales_since",
    "sales_of_shop",
    "search_orders",
    "search_products",
    "skus_of_shop",
    "sold_products",
    "sold_products_of",
    "sold_products_question",
    "trade_statistics",
]
