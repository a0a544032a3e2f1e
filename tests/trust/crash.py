"""kill -9, again and again: what was acknowledged is there exactly once, and the store opens by itself.

``python -m tests.trust.crash --kills 10000``. After each kill the store is opened as any hub opens it, every
new fact is read, and a checkpoint is signed, which the signer refuses unless it continues what was signed
before. On PostgreSQL, where the keys of subjects stand too, every other kill is of all processes of the server, which
is started again: the hub lives on, and whoever was not told what became of a command sends it once more. The controls acknowledge before the commit, and
commit without waiting for the disk: both must lose. A kill proves nothing about a power cut, which takes the page
cache too: that is ``tests.trust.powerloss``.
"""

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random

from domain.kernel.events import Receipt
from tests.adapters.ledger.writing import submission
from tests.trust.checker import Checker, Told, places
from tests.trust.processes import PROCESSES, running
from tests.trust.promise import STORES, Answer, Store, answered, command, on_a_store
from tests.trust.servers import Server
from tests.trust.writer import work

HEARD = 60
"""Most acknowledgements that are waited for before a kill."""
VERIFIED = 50
"""Kills between two verifications of the whole store."""
TRIES = 5
"""Chances that careless commits get to be lost."""


class Crashes:
    """One node through many kills."""

    def __init__(
        self, kind: str, server: Server, folder: Path, clients: int, seed: int, *, early: bool = False
    ) -> None:
        self._kind = kind
        self._store: Store = STORES[kind]
        self._server = server
        self._folder = folder
        self._clients = clients
        self._early = early
        self._chance = Random(seed)
        self._kills = 0
        self.checker = Checker()
        self.told = 0
        self.lost: list[str] = []
        self.unknown: list[Told] = []
        self.repeats = 0
        self.signed = 0
        self.damage: list[str] = []
        server.place(folder)

    def kill(self) -> None:
        """Let the writers work, kill them or their server, and look at what is there."""
        heard = self._killed()
        told = places(heard)
        self.told += len(told)
        self.unknown += [one for one in heard if one.unknown]
        self._server.settle()
        with closing(self._store.open(self._folder)) as ledger:
            self.checker.read(ledger)
            self.lost += self.checker.lost(told)
            if not self._early:
                name = self._chance.choice(list(told))
                again = submission(name)
                receipt = ledger.execute(again.acts, by=again.by, command_id=again.command_id)
                self.repeats += receipt == Receipt(*told[name], repeated=True)
        self.signed = self._store.notary(self._folder).checkpoint().size
        self._kills += 1
        if self._kills % VERIFIED == 0:
            self.verify()

    def _killed(self) -> list[Told]:
        me, back = f"round-{self._kills}", PROCESSES.Event()
        back.set()
        with running(work, self._kind, self._folder, me, self._clients, self._early, back) as writer:
            heard = [writer.hear() for _ in range(self._chance.randint(1, HEARD))]
            if self._server.mortal and not self._early and self._kills % 2:
                back.clear()
                self._server.kill()
                self._server.start()
                back.set()
                heard += [writer.hear() for _ in range(HEARD)]
            writer.kill()
            return [*heard, *writer.rest()]

    def verify(self) -> None:
        """The whole store; traces of a crash are no damage."""
        report = self._store.verify(self._folder)
        self.damage += [" ".join(failure) for failure in report.failures]


def main(arguments: Sequence[str]) -> int:
    parser = on_a_store(command("crash", __doc__, kills=120, clients=4))
    given = parser.parse_args(arguments)

    def trial(answer: Answer, folder: Path) -> None:
        with STORES[given.store].server() as server:
            crashes = Crashes(given.store, server, folder / "node", given.clients, given.seed)
            for _ in range(given.kills):
                crashes.kill()
            crashes.verify()
            _told(answer, crashes, given.kills)
            if server.mortal:
                _of_the_server(answer, server, crashes.unknown)
            _control(
                answer,
                Crashes(given.store, server, folder / "early", given.clients, given.seed, early=True),
            )

    return answered(trial)


def _told(answer: Answer, crashes: Crashes, kills: int) -> None:
    found = crashes.checker
    answer.tell("acknowledged-is-never-lost", f"{len(crashes.lost)}/{crashes.told}", not crashes.lost)
    answer.tell("nothing-is-there-twice", f"{found.doubled}/{found.commands}", not found.doubled)
    answer.tell("positions-and-versions-have-no-gap", f"{found.gaps}/{found.upto}", not found.gaps)
    readable = f"{found.people - found.sealed_for_ever}/{found.people}"
    answer.tell("whoever-is-there-can-be-read", readable, bool(found.people) and not found.sealed_for_ever)
    same = crashes.repeats == kills
    answer.tell("a-repeat-is-told-its-first-receipt", f"{crashes.repeats}/{kills}", same)
    whole = crashes.signed == found.upto
    answer.tell("every-checkpoint-continues-the-last", f"{crashes.signed}/{found.upto}", whole)
    answer.tell("the-store-verifies", f"{len(crashes.damage)}-failures", not crashes.damage)


def _of_the_server(answer: Answer, server: Server, unknown: Sequence[Told]) -> None:
    """How many commands were in doubt when the server was killed: each was sent again, and some were there."""
    there = sum(one.repeated for one in unknown)
    answer.tell("of-an-unknown-outcome-the-repeat-tells", f"{there}-there/{len(unknown)}", bool(unknown))
    made = lost = 0
    for _ in range(TRIES):
        if not lost:
            one, other = server.careless()
            made, lost = made + one, lost + other
    answer.tell("control-commits-that-do-not-wait-are-lost-with-the-server", f"{lost}/{made}", lost > 0)


def _control(answer: Answer, crashes: Crashes) -> None:
    for _ in range(10):
        crashes.kill()
    figure = f"{len(crashes.lost)}/{crashes.told}"
    answer.tell("control-who-acknowledges-before-the-commit-loses", figure, bool(crashes.lost))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
