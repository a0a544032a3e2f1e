"""REST under ``/api/v1``: the face for programs. JSON in, JSON out, problems by RFC 9457."""

from api.rest.routes import router

__all__ = ["router"]
