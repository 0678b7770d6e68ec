"""How posts are watched: hidden effects of hour, weekday, style and theme, growing over a week.

    final views = base x hour x weekday x style x theme x noise

The effects are drawn from the seed and strong enough to learn: the best hour earns about
twice the worst. Nothing here is visible on the API except through the numbers it produces.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import exp, sin
from zoneinfo import ZoneInfo

from dreambox_pipeline.sandbox.world.seeds import dice, fraction
from dreambox_pipeline.sandbox.world.videos import DAY, StyleMeasure, Video

_BASE_VIEWS = 5200
_BEST_TO_WORST_HOUR = 2.2
THEME_WORDS = {
    "water": ("ocean", "sea", "whale", "underwater", "beach", "wave", "boat", "jellyfish", "flood", "lake", "swim", "water", "river"),
    "sky": ("fly", "cloud", "sky", "balloon", "bird", "rooftop", "falling", "ladder"),
    "space": ("moon", "star", "planet", "space", "saturn"),
    "rooms": ("house", "corridor", "door", "stairs", "school", "library", "room", "mirror", "hallway", "hotel"),
    "nature": ("forest", "meadow", "tree", "mountain", "desert", "snow", "deer", "cat", "flower"),
    "fear": ("chase", "chased", "shadow", "teeth", "fire", "snake", "spider", "nightmare"),
    "city": ("city", "train", "car", "clock", "street", "station", "piano", "carousel", "lantern"),
}  # fmt: skip
_THEME_EFFECTS = (1.5, 1.25, 1.1, 1.0, 0.9, 0.8, 0.7)
_STYLE_WEIGHTS = (1.1, 0.8, -0.5, 0.4)


@dataclass(frozen=True, slots=True)
class HiddenEffects:
    """The factors behind the views, for evaluation only.

    `hours` has 24 and `weekdays` 7 factors (Monday first) in the zone `time_zone`; `style`
    weighs each measure's distance from 0.5 in the exponent; `themes` multiplies by topic.
    """

    time_zone: str
    hours: tuple[float, ...]
    weekdays: tuple[float, ...]
    style: dict[str, float]
    themes: dict[str, float]

    def factor(self, video: Video) -> float:
        """All effects on *video* together."""
        local = datetime.fromtimestamp(video.created_at, UTC).astimezone(ZoneInfo(self.time_zone))
        timing = self.hours[local.hour] * self.weekdays[local.weekday()]
        return timing * self.style_factor(video.style) * self.theme_factor(video.caption)

    def style_factor(self, style: StyleMeasure) -> float:
        """The effect of how it looks, from about 0.6 to 1.7."""
        total = sum(weight * (getattr(style, name) - 0.5) for name, weight in self.style.items())
        return exp(max(-0.55, min(0.55, total)))

    def theme_factor(self, caption: str) -> float:
        """The effect of what it is about: the mean over the themes its words name."""
        named = themes_of(caption)
        return sum(self.themes[name] for name in named) / len(named) if named else 0.95


def themes_of(caption: str) -> list[str]:
    """Themes whose words occur in *caption*."""
    text = caption.lower()
    return [name for name, words in THEME_WORDS.items() if any(word in text for word in words)]


def hidden_effects(seed: int, time_zone: str = "UTC") -> HiddenEffects:
    """The effects of *seed* for an audience living in *time_zone*."""
    rng = dice(seed, "effects")
    peak = rng.choice((18, 19, 20, 21))
    weekdays = [rng.uniform(0.88, 1.0) for _ in range(5)] + [1.18, 1.25]
    weights = list(_STYLE_WEIGHTS)
    rng.shuffle(weights)
    effects = list(_THEME_EFFECTS)
    rng.shuffle(effects)
    return HiddenEffects(
        time_zone=time_zone,
        hours=_hours(peak),
        weekdays=tuple(round(day, 3) for day in weekdays),
        style=dict(zip(("brightness", "warmth", "saturation", "motion"), weights, strict=True)),
        themes=dict(zip(THEME_WORDS, effects, strict=True)),
    )


def _hours(peak: int) -> tuple[float, ...]:
    """An evening peak and a smaller one at breakfast, best to worst as 2.2 to 1."""
    raw = [_bump(hour, peak, 3.2) + 0.45 * _bump(hour, peak - 12, 1.8) for hour in range(24)]
    low, high = min(raw), max(raw)
    spread = _BEST_TO_WORST_HOUR - 1
    factors = [1 + spread * (value - low) / (high - low) for value in raw]
    mean = sum(factors) / len(factors)
    return tuple(round(value / mean, 3) for value in factors)


def _bump(hour: int, center: int, width: float) -> float:
    distance = min((hour - center) % 24, (center - hour) % 24)
    return exp(-((distance / width) ** 2))


@dataclass(frozen=True, slots=True)
class Performance:
    """How a video is doing at one moment; counts are lifetime totals."""

    views: int
    likes: int
    shares: int
    favorites: int
    reach: int
    new_followers: int
    profile_views: int
    average_time_watched: float
    full_video_watched_rate: float
    recent_views: int


class Engagement:
    """Views and what follows from them, for every video of *seed*."""

    def __init__(self, seed: int, effects: HiddenEffects) -> None:
        self._seed = seed
        self.effects = effects

    def final_views(self, video: Video) -> float:
        """Where the views end up after weeks."""
        rng = dice(self._seed, "views", video.video_id)
        noise = rng.lognormvariate(0, 0.2 if video.published_by_api else 0.3)
        reached = 12.0 if video.expected_comments > 1000 else 1.0
        return _BASE_VIEWS * self.effects.factor(video) * noise * reached

    def views_at(self, video: Video, moment: int) -> int:
        """Views at *moment*: half after a day or so, about 95 % after a week."""
        age_days = (moment - video.created_at) / DAY
        if age_days <= 0:
            return 0
        pace = 1.1 + fraction(self._seed, "pace", video.video_id)
        return int(self.final_views(video) * (1 - exp(-((age_days / pace) ** 0.75))))

    def performance(self, video: Video, moment: int) -> Performance:
        """All numbers of *video* at *moment*, consistent with each other."""
        rng = dice(self._seed, "rates", video.video_id)
        views = self.views_at(video, moment)
        taste = self.effects.style_factor(video.style) * self.effects.theme_factor(video.caption)
        keen = max(0.4, min(1.8, taste)) * rng.uniform(0.85, 1.15)
        watched = max(0.08, min(0.9, 0.42 * keen**0.6 * (15 / (video.duration_s + 7)) ** 0.35))
        return Performance(
            views=views,
            likes=int(views * 0.085 * keen),
            shares=int(views * 0.008 * keen * rng.uniform(0.6, 1.4)),
            favorites=int(views * 0.012 * keen * rng.uniform(0.6, 1.4)),
            reach=int(views * rng.uniform(0.82, 0.93)),
            new_followers=int(views * 0.002 * keen),
            profile_views=int(views * 0.01 * rng.uniform(0.6, 1.4)),
            average_time_watched=round(video.duration_s * (0.25 + 0.6 * watched), 2),
            full_video_watched_rate=round(watched, 4),
            recent_views=views - self.views_at(video, moment - 7 * DAY),
        )

    def expected_comments(self, video: Video) -> int:
        """How many comments a post will collect."""
        return max(4, min(120, int(self.final_views(video) * 0.006)))

    def followers_at(self, moment: int, start: int) -> int:
        """Followers of the account, growing slowly with a weekly wave."""
        days = (moment - start) / DAY
        return max(120, int(12_400 + 21 * days + 35 * sin(days * 0.9)))
