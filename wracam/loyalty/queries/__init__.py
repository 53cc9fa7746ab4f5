"""Everything that can be asked about the loyalty programme."""

from wracam.loyalty.queries.balances import balance, balances, balances_of_member, expiry_calendar, points_of
from wracam.loyalty.queries.books import days as book_days
from wracam.loyalty.queries.books import months as book_months
from wracam.loyalty.queries.books import revenue as book_revenue
from wracam.loyalty.queries.cart_points import cart_inquiry
from wracam.loyalty.queries.history import history
from wracam.loyalty.queries.ladders import TierStanding, live_ladders, tier_standings
from wracam.loyalty.queries.lots import open_lots
from wracam.loyalty.queries.members import MemberRow, member, member_of, members_by_id, members_of
from wracam.loyalty.queries.overview import Overview, members_of_customers, newest_members, overview
from wracam.loyalty.queries.payments import payment, payment_by_key, payment_quote, payment_terms, payments_of
from wracam.loyalty.queries.preview import DraftPreview, Preview, draft_preview, order_preview
from wracam.loyalty.queries.programs import LiveProgram, live_program, live_programs
from wracam.loyalty.queries.requests import correction_request, decided_corrections, waiting_corrections
from wracam.loyalty.queries.rewards import (
    RewardOffer,
    live_reward,
    live_rewards,
    offers_for,
    open_redemptions,
    picture,
    redemption,
    redemptions_of,
    reward_titles,
    settled_redemptions,
)
from wracam.loyalty.queries.tier_words import LadderTold, TierTold, TierWords, ladders_told, tier_words
from wracam.loyalty.queries.verification import findings, verify
from wracam.loyalty.queries.why import RuleReason, Why, reasons_in_words, why
from wracam.loyalty.queries.wording import ProgramWords, currency_of, program_in_words, rule_in_words

__all__ = [
    "correction_request",
    "decided_corrections",
    "live_reward",
    "payment",
    "payment_by_key",
    "payment_quote",
    "payment_terms",
    "payments_of",
    "picture",
    "redemption",
    "reward_titles",
    "settled_redemptions",
    "waiting_corrections",
    "DraftPreview",
    "LiveProgram",
    "MemberRow",
    "Overview",
    "Preview",
    "ProgramWords",
    "RewardOffer",
    "RuleReason",
    "TierStanding",
    "LadderTold",
    "TierTold",
    "TierWords",
    "Why",
    "balance",
    "balances",
    "balances_of_member",
    "book_days",
    "book_months",
    "book_revenue",
    "cart_inquiry",
    "currency_of",
    "draft_preview",
    "expiry_calendar",
    "history",
    "live_ladders",
    "live_program",
    "live_programs",
    "member",
    "member_of",
    "members_by_id",
    "members_of",
    "members_of_customers",
    "newest_members",
    "live_rewards",
    "offers_for",
    "open_lots",
    "open_redemptions",
    "redemptions_of",
    "order_preview",
    "overview",
    "points_of",
    "program_in_words",
    "rule_in_words",
    "tier_standings",
    "ladders_told",
    "tier_words",
    "findings",
    "verify",
    "reasons_in_words",
    "why",
]
