"""Where features say what conditions can ask about (attributes, collections) and what rules can do (effects).

Register in a feature's `attributes.py`::

    register_attribute(
        Attribute(
            name="customer.city", subject=Subject.CUSTOMER, type=ValueType.TEXT,
            title=Words(pl="miasto", en="city"), sql="customer.city", example="Kraków",
        )
    )
    register_collection(
        Collection(
            name="customer.orders", item="past_order", title=Words(pl="zamówienia", en="orders"),
            noun=CountedNoun(pl=("zamówienie", "zamówienia", "zamówień", "zamówienia"), en=("order", "orders")),
            source="commerce_order AS past_order", customer_key="past_order.customer_id",
            filter="past_order.paid_at IS NOT NULL", moment="past_order.paid_at",
            fields=(
                Attribute(name="past_order.paid_at", subject="past_order", type=ValueType.MOMENT,
                          title=Words(pl="data zapłaty", en="payment date"), sql="past_order.paid_at"),
                Attribute(name="past_order.total", subject="past_order", type=ValueType.MONEY,
                          title=Words(pl="wartość", en="value"), sql="past_order.total_minor",
                          currency_sql="past_order.currency"),
            ),
        )
    )
"""

from __future__ import annotations

from wracam.kernel.registry import Registry
from wracam.rules.contracts import (
    Attribute,
    Choice,
    Collection,
    CustomerSource,
    Effect,
    Granting,
    Subject,
    ValueType,
    Vocabulary,
)

__all__ = [
    "ATTRIBUTES",
    "COLLECTIONS",
    "EFFECTS",
    "Attribute",
    "Choice",
    "Collection",
    "CustomerSource",
    "Effect",
    "Granting",
    "Subject",
    "ValueType",
    "register_attribute",
    "register_collection",
    "register_customer_source",
    "register_effect",
    "vocabulary",
]

ATTRIBUTES: Registry[Attribute] = Registry("attribute")
COLLECTIONS: Registry[Collection] = Registry("collection")
EFFECTS: Registry[Effect] = Registry("effect")
CUSTOMER_SOURCES: Registry[CustomerSource] = Registry("customer source")
_frozen: Vocabulary | None = None


def register_attribute(attribute: Attribute) -> Attribute:
    """Add an attribute; a second one of the same name is an error at start."""
    _changed()
    return ATTRIBUTES.register(attribute.name, attribute)


def register_collection(collection: Collection) -> Collection:
    """Add a collection and its fields (attributes of its item)."""
    for field in collection.fields:
        register_attribute(field)
    return COLLECTIONS.register(collection.name, collection)


def register_customer_source(source: CustomerSource) -> CustomerSource:
    """Say where customers live; exactly one feature does."""
    _changed()
    return CUSTOMER_SOURCES.register("customer", source)


def register_effect(effect: Effect) -> Effect:
    """Add an effect; a second one of the same name is an error at start."""
    return EFFECTS.register(effect.name, effect)


def vocabulary() -> Vocabulary:
    """Return everything registered, frozen for the core; the same object until something else is registered."""
    global _frozen
    if _frozen is None:
        _frozen = Vocabulary(
            attributes={attribute.name: attribute for attribute in ATTRIBUTES},
            collections={collection.name: collection for collection in COLLECTIONS},
            customers=CUSTOMER_SOURCES.find("customer") or CustomerSource(),
        )
    return _frozen


def _changed() -> None:
    global _frozen
    _frozen = None
