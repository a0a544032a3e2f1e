"""Pull feeds: what each ministry must learn, as CloudEvents, for a ministry that prefers to ask."""

from api.feeds.routes import router

__all__ = ["router"]
