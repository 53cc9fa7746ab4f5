"""The units that are free as one whole number: a field of bits for each class.

What is left of some products is then one `and`, and using units up is one subtraction; both make good keys. A field is
as wide as the class has units at first, so a subtraction of units that are there never borrows from the next field.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Packing:
    """How the classes of one cart are packed."""

    __slots__ = ("fields", "shifts", "start")

    def __init__(self, quantities: Sequence[int]) -> None:
        self.shifts: list[int] = []
        self.fields: list[int] = []
        """The bits of each class, in place."""
        self.start = 0
        """Everything is free."""
        position = 0
        for quantity in quantities:
            width = quantity.bit_length()
            self.shifts.append(position)
            self.fields.append(((1 << width) - 1) << position)
            self.start |= quantity << position
            position += width

    def mask(self, numbers: Iterable[int]) -> int:
        """Return the fields of these classes."""
        fields = self.fields
        mask = 0
        for number in numbers:
            mask |= fields[number]
        return mask

    def packed(self, left: Sequence[int]) -> int:
        """Return so many units of each class as one number."""
        return sum([count << shift for count, shift in zip(left, self.shifts, strict=True)])

    def left(self, packed: int, number: int) -> int:
        """Return how many units of a class are free."""
        return (packed & self.fields[number]) >> self.shifts[number]
