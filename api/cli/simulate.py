"""``simpul simulate``: a ministry as a process of its own."""

from pathlib import Path

import typer


def run(ministry: str, port: int, data: Path) -> None:
    """Serve on 127.0.0.1 until stopped; what was accepted stays in ``data``."""
    if ministry == "kemendag":
        from adapters.kemendag import simulator as kemendag

        kemendag.run(port=port, data=data / ministry)
    elif ministry == "kemendagri":
        from adapters.kemendagri import simulator as kemendagri

        kemendagri.run(port=port, data=data / ministry)
    else:
        raise typer.BadParameter("kemendag or kemendagri", param_hint="MINISTRY")
