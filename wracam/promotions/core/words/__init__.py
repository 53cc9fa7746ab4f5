"""Promotions in words: what a definition says, and why a promotion or a code did what it did."""

from wracam.promotions.core.words.codes import code_words
from wracam.promotions.core.words.outcomes import requirement_of, words_of
from wracam.promotions.core.words.sentences import promotion_sentence
from wracam.promotions.core.words.telling import Names, skus_named

__all__ = ["Names", "code_words", "promotion_sentence", "requirement_of", "skus_named", "words_of"]
