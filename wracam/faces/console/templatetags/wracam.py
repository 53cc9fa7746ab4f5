"""Filters for money, numbers, points and dates, and the tags of our components; loaded in every template."""

from django import template

register = template.Library()
