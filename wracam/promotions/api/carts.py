"""Pricing a cart over the API. The hot process serves the same address with the same function."""

from __future__ import annotations

from wracam.faces.api.endpoints import ApiRequest
from wracam.foundation import clock
from wracam.promotions.api.bodies import CartBody, EvaluationAnswer
from wracam.promotions.api.routing import EVALUATE, router
from wracam.promotions.api.serving import Asker, answer_cart


@router.endpoint("POST", "/carts/evaluate", scope=EVALUATE)
def evaluate_cart(request: ApiRequest, body: CartBody) -> EvaluationAnswer:
    """Price a cart and explain every promotion and code.

    Nothing is stored. With a publishable key the customer can be named by a signed token only, and promotions meant
    for other customers are not mentioned.
    """
    return answer_cart(asker_of(request), body, clock.now())


def asker_of(request: ApiRequest) -> Asker:
    """Return who asks."""
    return Asker(
        shop_id=request.auth.shop_id,
        is_browser=request.auth.is_publishable,
        address=request.META.get("REMOTE_ADDR"),
    )
