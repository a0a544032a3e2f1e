"""The pages: what clerks, residents, ministries and auditors see, drawn on the server.

Every form works without JavaScript; a NIK, a KK number or a name never stands in an address.
"""

from api.pages.frame import Frame, error_page
from api.pages.routes import router

__all__ = ["Frame", "error_page", "router"]
