"""What went wrong when we called a shop, as a code to keep and a sentence that says what to do."""

from __future__ import annotations

from enum import StrEnum

from wracam.kernel.language import Words


class RestFailure(StrEnum):
    """Why the shop's REST gave no usable answer."""

    UNREACHABLE = "unreachable"
    NOT_ALLOWED = "not_allowed"
    INSECURE = "insecure"
    KEYS_REFUSED = "keys_refused"
    NOT_PERMITTED = "not_permitted"
    NO_REST = "no_rest"
    NOT_JSON = "not_json"
    BUSY = "busy"
    SHOP_FAILED = "shop_failed"
    UNEXPECTED = "unexpected"


SENTENCES = {
    RestFailure.UNREACHABLE: Words(
        pl="Sklep nie odpowiada. Sprawdź adres sklepu i czy strona działa.",
        en="The shop does not answer. Check its address and whether the site is up.",
    ),
    RestFailure.NOT_ALLOWED: Words(
        pl="Adres sklepu jest prywatny albo nieszyfrowany. Dopuszcza go ustawienie outgoing_allow.",
        en="The shop's address is private or not encrypted. The setting outgoing_allow opens it.",
    ),
    RestFailure.INSECURE: Words(
        pl="Certyfikat sklepu jest nieprawidłowy. Odnów certyfikat i spróbuj ponownie.",
        en="The shop's certificate is not valid. Renew it and try again.",
    ),
    RestFailure.KEYS_REFUSED: Words(
        pl="Sklep odrzucił klucze. Połącz sklep ponownie; jeśli stoi za proxy, WordPress musi widzieć HTTPS.",
        en="The shop refused the keys. Connect again; behind a proxy, WordPress must see HTTPS.",
    ),
    RestFailure.NOT_PERMITTED: Words(
        pl="Klucze nie mają prawa odczytu i zapisu. Połącz sklep ponownie jako administrator.",
        en="The keys may not read and write. Connect again as an administrator.",
    ),
    RestFailure.NO_REST: Words(
        pl="Nie ma tu REST API WooCommerce. Włącz „ładne” bezpośrednie odnośniki w WordPressie.",
        en="There is no WooCommerce REST API at this address. Turn pretty permalinks on in WordPress.",
    ),
    RestFailure.NOT_JSON: Words(
        pl="Sklep odpowiada stroną zamiast danymi. Wtyczka zabezpieczeń może blokować REST API.",
        en="The shop answers with a page instead of data. A security plugin may block the REST API.",
    ),
    RestFailure.BUSY: Words(
        pl="Sklep prosi o przerwę. Spróbujemy ponownie później.", en="The shop asks us to wait. We try again later."
    ),
    RestFailure.SHOP_FAILED: Words(
        pl="Sklep zgłosił błąd wewnętrzny. Spróbujemy ponownie później.",
        en="The shop reported an internal error. We try again later.",
    ),
    RestFailure.UNEXPECTED: Words(
        pl="Sklep odpowiedział inaczej, niż opisuje jego dokumentacja.",
        en="The shop answered otherwise than its documentation says.",
    ),
}  # fmt: skip
RETRYABLE = frozenset({RestFailure.UNREACHABLE, RestFailure.BUSY, RestFailure.SHOP_FAILED})


def failure_of_status(status: int) -> RestFailure | None:
    """Return what an HTTP status means for us; None for success."""
    if 200 <= status < 300:
        return None
    known = {401: RestFailure.KEYS_REFUSED, 403: RestFailure.NOT_PERMITTED, 404: RestFailure.NO_REST}
    if status == 429:
        return RestFailure.BUSY
    return known.get(status, RestFailure.SHOP_FAILED if status >= 500 else RestFailure.UNEXPECTED)


def sentence(code: str) -> Words | None:
    """Return the sentence of a stored code, or None where nothing is wrong."""
    return SENTENCES[RestFailure(code)] if code else None
