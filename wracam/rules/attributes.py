"""The one attribute that rules own: the moment of the decision."""

from __future__ import annotations

from wracam.kernel.language import Words
from wracam.rules.ports import Attribute, Subject, ValueType, register_attribute

register_attribute(
    Attribute(
        name="clock.now",
        subject=Subject.CLOCK,
        type=ValueType.MOMENT,
        title=Words(pl="chwila decyzji", en="the moment of the decision"),
        sql="clock.now",
        about=Words(
            pl="Kiedy zapada decyzja, w strefie czasowej sklepu: dni tygodnia, godziny, kampanie.",
            en="When the decision is taken, in the shop's time zone: weekdays, hours, campaigns.",
        ),
        example=["saturday", "sunday"],
    )
)
