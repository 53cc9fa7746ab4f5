"""Everything that can be asked about challenges."""

from wracam.challenges.queries.live import CHALLENGE_KIND, live_challenge, live_challenges
from wracam.challenges.queries.rankings import Place, Ranking, appearance, place_of, ranking
from wracam.challenges.queries.standings import Results, badges, results, reward_words, standings
from wracam.challenges.queries.verification import differences

__all__ = [
    "CHALLENGE_KIND",
    "Place",
    "Ranking",
    "Results",
    "appearance",
    "badges",
    "differences",
    "live_challenge",
    "live_challenges",
    "place_of",
    "ranking",
    "results",
    "reward_words",
    "standings",
]
