"""A hub for one measure: the pull feed beside a route that returns the same bytes ready-made."""

import logging
import sys
from pathlib import Path

import structlog
import uvicorn
from fastapi import Request, Response
from pydantic import SecretStr

from api.app import create_app
from api.cli.serve import Server, address, listen
from api.feeds.routes import BATCH
from api.settings import MinistrySettings, Settings
from api.wiring import open_hub


def main(data: Path) -> None:
    """Serve on a free port, told on standard output, until standard input ends."""
    # Standard output is for the address alone: a log of requests there would fill the pipe.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    settings = Settings(data=data, kemendagri=MinistrySettings(token=SecretStr("bench")))
    with open_hub(settings) as hub, listen("127.0.0.1", 0) as listening:
        app = create_app(hub)
        ready: dict[str, bytes] = {}

        @app.put("/_ready")
        async def keep(request: Request) -> None:
            ready["page"] = await request.body()

        @app.get("/_ready")
        def page() -> Response:
            return Response(ready["page"], media_type=BATCH)

        sys.stdout.write(address(listening) + "\n")
        sys.stdout.flush()
        Server(uvicorn.Config(app, log_config=None, access_log=False)).run(sockets=[listening])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
