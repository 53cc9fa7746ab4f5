"""Which column means what: the fields we understand, and the names that shops and people give them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wracam.kernel.language import SaidError, Words
from wracam.kernel.text import search_key

SHEET_COLUMNS_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something a column can tell. `labels` are its usual headers beside its own name, any case."""

    name: str
    title: Words
    labels: tuple[str, ...]


def _field(name: str, pl: str, en: str, *labels: str) -> Field:
    return Field(name=name, title=Words(pl=pl, en=en), labels=labels)


FIELDS: tuple[Field, ...] = (
    _field("order.number", "numer zamówienia", "order number",
           "name", "order", "order #", "order no", "order number", "order_number", "number", "invoiceno", "invoice",
           "invoice no", "invoice number", "reference", "increment_id", "numer", "numer zamówienia",
           "nr zamówienia", "zamówienie", "numer faktury", "nr", "id zamówienia", "shop_order_id"),
    _field("order.external_id", "id zamówienia w sklepie", "order id in the shop",
           "id", "order id", "order_id", "orderid", "entity_id", "numer wewnętrzny"),
    _field("order.placed_at", "data zamówienia", "order date",
           "created at", "created_at", "date", "order date", "order_date", "orderdate", "purchase date", "invoicedate",
           "invoice date", "date_add", "date created", "date_created", "placed at", "placed_at", "data",
           "data zamówienia",
           "data złożenia", "data dodania", "data utworzenia", "data zakupu", "data sprzedaży", "date added",
           "date_confirmed", "data złożenia zamówienia"),
    _field("order.paid_at", "data płatności", "payment date",
           "paid at", "paid_at", "paid date", "paid_date", "date paid", "date_paid", "data płatności", "data zapłaty",
           "data opłacenia"),
    _field("order.modified_at", "data zmiany", "last changed",
           "updated at", "updated_at", "date_upd", "modified date", "date modified", "date_modified", "order modified",
           "data modyfikacji", "data zmiany", "modified_date"),
    _field("order.shipped_at", "data wysyłki", "date shipped",
           "fulfilled at", "shipped at", "shipped_at", "delivery date", "date shipped", "data wysyłki", "data nadania"),
    _field("order.delivered_at", "data dostarczenia", "date delivered",
           "completed date", "completed_date", "date completed", "date_completed", "delivered at", "data realizacji",
           "data dostarczenia", "data zakończenia"),
    _field("order.cancelled_at", "data anulowania", "date cancelled",
           "cancelled at", "canceled at", "cancelled_at", "data anulowania"),
    _field("order.status", "stan zamówienia", "order status",
           "status", "order status", "order_status", "state", "osname", "stan", "status zamówienia", "stan zamówienia"),
    _field("order.payment_status", "stan płatności", "payment status",
           "financial status", "payment status", "payment_status", "status płatności", "stan płatności", "opłacone",
           "zapłacono", "paid"),
    _field("order.fulfilment_status", "stan wysyłki", "fulfilment status",
           "fulfillment status", "fulfilment status", "shipping status", "status wysyłki"),
    _field("order.currency", "waluta", "currency",
           "currency", "order_currency", "order currency", "order currency code", "order_currency_code",
           "currency code",
           "currency_code", "waluta"),
    _field("order.total", "kwota razem", "order total",
           "total", "order total", "order_total", "order total amount", "grand total", "grand_total",
           "grand total (purchased)", "total_paid_tax_incl", "total paid", "n. revenue (formatted)", "razem", "suma",
           "kwota", "wartość", "wartość zamówienia", "kwota zamówienia", "do zapłaty", "suma zamówienia",
           "wartość brutto", "razem brutto"),
    _field("order.items_total", "wartość produktów", "items total",
           "subtotal", "order subtotal", "order subtotal amount", "items total", "wartość produktów", "suma produktów"),
    _field("order.shipping", "koszt dostawy", "shipping cost",
           "shipping", "shipping_total", "shipping total", "order shipping amount", "shipping amount", "shipping cost",
           "shipping and handling", "delivery_price", "delivery price", "koszt dostawy", "koszt wysyłki",
           "dostawa koszt",
           "cena dostawy", "koszt przesyłki"),
    _field("order.tax", "podatek", "tax",
           "taxes", "tax", "tax_total", "total tax", "order total tax amount", "tax amount", "vat", "podatek",
           "kwota vat"),
    _field("order.discount", "rabat", "discount",
           "discount amount", "discount_total", "cart discount amount", "cart_discount", "order discount", "discount",
           "rabat", "kwota rabatu", "wartość rabatu"),
    _field("order.refunded", "zwrócono", "refunded",
           "refunded amount", "total refunded", "order refund amount", "refunded", "refund_total", "zwrócono",
           "kwota zwrotu"),
    _field("order.coupon_codes", "kody rabatowe", "discount codes",
           "discount code", "coupon code", "coupon codes", "coupons", "coupon(s)", "coupon_code", "kod rabatowy",
           "kupon",
           "kody rabatowe"),
    _field("order.payment_method", "płatność", "payment method",
           "payment method", "payment_method", "payment", "payment method title", "payment_method_title", "płatność",
           "metoda płatności", "sposób płatności", "forma płatności"),
    _field("order.channel", "źródło", "channel", "source", "order_source", "order source", "channel", "źródło",
    "kanał"),
    _field("customer.id", "id klienta", "customer id",
           "customerid", "customer id", "customer_id", "customer_user", "customer user id", "user id", "user_id",
           "user_login", "id klienta", "klient id", "numer klienta"),
    _field("customer.email", "e-mail", "e-mail",
           "email", "e-mail", "email address", "customer email", "customer_email", "billing email", "billing_email",
           "email (billing)", "adres e-mail", "adres email", "e-mail klienta", "email klienta", "mail"),
    _field("customer.phone", "telefon", "phone",
           "phone", "billing phone", "billing_phone", "phone (billing)", "telephone", "telefon", "nr telefonu",
           "numer telefonu", "phone number", "tel"),
    _field("customer.name", "imię i nazwisko", "full name",
           "billing name", "customer", "customer name", "bill-to name", "full name", "delivery_fullname",
           "invoice_fullname", "full name (billing)", "imię i nazwisko", "klient", "nazwa klienta", "odbiorca",
           "nabywca"),
    _field("customer.first_name", "imię", "first name",
           "first name", "firstname", "first_name", "billing first name", "billing_first_name", "first name (billing)",
           "customer_firstname", "imię"),
    _field("customer.last_name", "nazwisko", "last name",
           "last name", "lastname", "last_name", "billing last name", "billing_last_name", "last name (billing)",
           "customer_lastname", "surname", "nazwisko"),
    _field("customer.company", "firma", "company",
           "company", "billing company", "billing_company", "company (billing)", "invoice_company", "firma",
           "nazwa firmy"),
    _field("customer.tax_number", "NIP", "tax number",
           "nip", "invoice_nip", "vat number", "tax number", "vat id", "taxvat", "billing_nip"),
    _field("customer.accepts_email", "zgoda na e-mail", "accepts e-mail",
           "accepts marketing", "accepts email marketing", "newsletter", "zgoda na newsletter", "zgoda na e-mail"),
    _field("customer.accepts_sms", "zgoda na SMS", "accepts SMS", "accepts sms marketing", "zgoda na sms"),
    _field("address.city", "miasto", "city",
           "billing city", "billing_city", "city", "city (billing)", "delivery_city", "miasto", "miejscowość"),
    _field("address.postcode", "kod pocztowy", "postcode",
           "billing zip", "billing_postcode", "billing postcode", "postcode", "postcode (billing)", "zip",
           "postal code",
           "delivery_postcode", "kod pocztowy"),
    _field("address.country", "kraj", "country",
           "billing country", "billing_country", "country", "country code (billing)", "country name (billing)",
           "country_name", "delivery_country_code", "delivery_country", "country / region", "kraj"),
    _field("line.sku", "kod produktu", "product code",
           "lineitem sku", "sku", "stockcode", "stock code", "product sku", "item sku", "product_reference",
           "product code",
           "products[].sku", "kod produktu", "symbol", "indeks", "kod", "ean", "lineitem ean"),
    _field("line.name", "produkt", "product",
           "lineitem name", "item name", "product name", "product_name", "product", "description", "products[].name",
           "products", "product(s)", "produkt", "nazwa produktu", "nazwa", "opis", "towar"),
    _field("line.quantity", "liczba sztuk", "quantity",
           "lineitem quantity", "quantity", "qty", "qty ordered", "item quantity", "quantity (- refund)",
           "product_quantity", "products[].quantity", "ilość", "liczba", "liczba sztuk", "sztuk", "szt", "items sold"),
    _field("line.unit_price", "cena za sztukę", "unit price",
           "lineitem price", "unitprice", "unit price", "price", "item cost", "item price", "unit_price",
           "unit_price_tax_incl", "products[].price_brutto", "price_brutto", "cena", "cena brutto", "cena jednostkowa"),
    _field("line.total", "wartość pozycji", "item total",
           "lineitem total", "line total", "line_total", "item total", "order line total", "row total",
           "row_total_incl_tax",
           "wartość pozycji", "razem pozycja"),
    _field("line.discount", "rabat pozycji", "item discount",
           "lineitem discount", "line discount", "item discount amount", "rabat pozycji"),
    _field("line.tax", "podatek pozycji", "item tax", "line tax", "order line tax", "item tax", "vat pozycji"),
    _field("line.categories", "kategorie", "categories",
           "category", "categories", "product category", "product categories", "kategoria", "kategorie"),
    _field("line.product_id", "id produktu", "product id",
           "product id", "product_id", "products[].product_id", "id produktu"),
    _field("line.variant_id", "id wariantu", "variant id",
           "variant id", "variation id", "variation_id", "products[].variant_id", "product_attribute_id",
           "id wariantu"),
    _field("line.id", "id pozycji", "item id", "lineitem id", "line id", "item #", "order_item_id", "order_product_id"),
)  # fmt: skip
FIELDS_BY_NAME: Mapping[str, Field] = {item.name: item for item in FIELDS}
SECRET_COLUMNS = re.compile(r"password|passwd|rp_token|secure_key|hash", re.IGNORECASE)
"""Columns that are dropped when a file is read and never stored."""


class MappingError(SaidError):
    """A mapping names a field or a column that does not exist; the message names it and lists what does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A shop's known way to write files: `header` names enough of its columns to recognise it."""

    name: str
    title: str
    source: str
    header: frozenset[str]
    overrides: Mapping[str, str]


LAYOUTS: tuple[Layout, ...] = (
    Layout(name="shopify", title="Shopify", source="shopify",
           header=frozenset({"name", "financial status", "lineitem name", "lineitem price"}),
           overrides={"name": "order.number", "id": "order.external_id", "discount amount": "order.discount",
                      "phone": "customer.phone", "notes": ""}),
    Layout(name="woocommerce", title="WooCommerce", source="woocommerce",
           header=frozenset({"order number", "email (billing)"}),
           overrides={"order number": "order.number", "order id": "order.external_id", "item #": "",
                      "discount amount": "order.discount", "discount amount tax": ""}),
    Layout(name="woocommerce", title="WooCommerce", source="woocommerce",
           header=frozenset({"order_number", "billing_email", "order_total"}),
           overrides={"order_id": "order.external_id", "customer_user": "customer.id",
                      "customer_id": "customer.id", "tax_total": "order.tax"}),
    Layout(name="prestashop", title="PrestaShop", source="prestashop",
           header=frozenset({"reference", "new client", "total", "payment"}),
           overrides={"delivery": "address.country", "customer": "customer.name"}),
    Layout(name="prestashop", title="PrestaShop", source="prestashop",
           header=frozenset({"id", "identyfikator zamowienia", "nowy klient"}),
           overrides={"dostawa": "address.country", "identyfikator zamowienia": "order.number"}),
    Layout(name="magento", title="Magento", source="magento",
           header=frozenset({"purchase point", "grand total (base)"}),
           overrides={"id": "order.number", "purchase point": "", "subtotal": "order.items_total"}),
    Layout(name="baselinker", title="BaseLinker", source="baselinker",
           header=frozenset({"order_id", "order_source", "order_status_id"}),
           overrides={"order_id": "order.number", "shop_order_id": "", "external_order_id": "",
                      "user_login": "", "payment_done": "order.payment_status", "date_confirmed": "",
                      "order_status_id": ""}),
    Layout(name="online_retail", title="Online Retail", source="csv",
           header=frozenset({"invoiceno", "stockcode", "customerid"}), overrides={}),
)  # fmt: skip
PLAIN_SOURCE = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """What each column means: one field name or "" per column, and whose layout it is."""

    fields: tuple[str, ...]
    layout: str
    source: str

    def position(self, field: str) -> int | None:
        """Return the column of *field*, or None."""
        return self.fields.index(field) if field in self.fields else None

    def missing(self) -> list[str]:
        """Name the fields without which no order can be told."""
        lacking = []
        if not {"order.number", "order.external_id"} & set(self.fields):
            lacking.append("order.number")
        if "order.placed_at" not in self.fields:
            lacking.append("order.placed_at")
        if not {"order.total", "line.unit_price", "line.total"} & set(self.fields):
            lacking.append("order.total")
        return lacking


def column_key(header: str) -> str:
    """Fold a header for comparison: case, diacritics, outer quotes, stars, a byte-order mark."""
    return search_key(header.strip("\ufeff\"'* \t"))


_BY_LABEL = {
    key: (item.name, rank)
    for item in reversed(FIELDS)
    for rank, label in reversed(list(enumerate((item.name, *item.labels))))
    for key in (column_key(label),)
}


def guess_mapping(header: Sequence[str]) -> ColumnMapping:
    """Map the columns of *header* by the layout it belongs to, else by the usual names of fields.

    Each field goes to one column: the layout's choice first, then the most usual label, then the leftmost column.
    """
    keys = [column_key(name) for name in header]
    layout = next((item for item in LAYOUTS if item.header <= set(keys)), None)
    overrides = layout.overrides if layout else {}
    candidates: dict[str, list[tuple[int, int]]] = {}
    for position, key in enumerate(keys):
        if key in overrides:
            field, rank = overrides[key], -1
        else:
            field, rank = _BY_LABEL.get(key, ("", 0))
        if field and not SECRET_COLUMNS.search(key):
            candidates.setdefault(field, []).append((rank, position))
    fields = [""] * len(keys)
    for field, found in candidates.items():
        fields[min(found)[1]] = field
    return ColumnMapping(
        fields=_with_a_number(fields),
        layout=layout.name if layout else "plain",
        source=layout.source if layout else PLAIN_SOURCE,
    )


def _with_a_number(fields: list[str]) -> tuple[str, ...]:
    """Let the shop's id stand for the number when there is no number."""
    if "order.number" not in fields and "order.external_id" in fields:
        fields[fields.index("order.external_id")] = "order.number"
    return tuple(fields)


def chosen_mapping(header: Sequence[str], choice: Mapping[str, str]) -> ColumnMapping:
    """Map by a person's *choice* of field name per column header, over the guess; "" leaves a column out.

    Raises `MappingError` for a column that is not in the file or a field that we do not know.
    """
    guess = guess_mapping(header)
    positions = {column_key(name): position for position, name in enumerate(header)}
    fields = list(guess.fields)
    for column, field in choice.items():
        position = positions.get(column_key(column))
        if position is None:
            raise MappingError(
                pl=f"plik nie ma kolumny {column!r}; ma: {', '.join(header)}",
                en=f"the file has no column {column!r}; it has: {', '.join(header)}",
            )
        if field and field not in FIELDS_BY_NAME:
            raise MappingError(
                pl=f"nie ma pola {field!r}; znane: {', '.join(FIELDS_BY_NAME)}",
                en=f"there is no field {field!r}; known: {', '.join(FIELDS_BY_NAME)}",
            )
        if field:
            fields = ["" if already == field else already for already in fields]
        fields[position] = field
    return ColumnMapping(fields=tuple(fields), layout=guess.layout, source=guess.source)
