"""``simpul keys``: where the keys of data subjects are."""

from pathlib import Path

from adapters.ledger.key_move import move as move_keys
from api.cli.console import console
from api.settings import Settings
from domain.kernel.errors import StoreUnavailable


def move(data: Path) -> None:
    """From the file of the node to ``SIMPUL_KEYS_URL``."""
    url = Settings(data=data).keys_url.get_secret_value()
    if not url:
        raise StoreUnavailable("keys-have-no-database")
    moved = move_keys(data / "keys", url)
    console.print(f"{moved} keys moved to the database; keys/kek.key stays where it is", highlight=False)
