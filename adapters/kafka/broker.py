"""A real Apache Kafka on this machine: for trials, demonstrations and tests, never for service.

One node that is broker and controller, on free ports of 127.0.0.1, with a data folder of its own. It needs
Java 17; its jars are fetched once by Maven into a folder outside the checkout.
"""

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from secrets import token_bytes
from tempfile import mkdtemp
from threading import Event

from adapters.clock import SystemClock
from domain.kernel.errors import Refused

VERSION = "4.3.1"
JAVA = 17
JARS = Path.home() / ".cache" / "simpul" / f"kafka-{VERSION}"
STARTED = "Kafka Server started"
PATIENCE = 60.0
"""Seconds until a broker that has not started has failed."""
GLANCE = 0.02

POM = f"""\
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>simpul</groupId><artifactId>broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{VERSION}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.4</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId><version>2.25.4</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-api</artifactId><version>2.25.4</version></dependency>
  </dependencies>
</project>
"""
SERVER = """\
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
log.dirs={folder}/data
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=2
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
"""
LOG = """\
rootLogger.level=WARN
rootLogger.appenderRef.out.ref=out
logger.server.name=kafka.server
logger.server.level=INFO
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d %p %c{1} %m%n
"""


def java() -> str:
    """The Java that runs it. Refused: ``kafka-needs-java``."""
    found = shutil.which("java")
    told = subprocess.run([found, "-version"], capture_output=True, text=True, check=False) if found else None
    version = re.search(r'version "(\d+)', told.stderr) if told else None
    if not found or not version or int(version[1]) < JAVA:
        raise Refused("kafka-needs-java", version=JAVA)
    return found


def jars(folder: Path = JARS) -> Path:
    """The folder of the jars, fetched when they are not there yet; others wait for who fetches.

    Refused: ``kafka-needs-maven``, ``kafka-not-fetched``.
    """
    libs = folder / "libs"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not libs.exists():
            _fetch(folder, libs)
    return libs


def _fetch(folder: Path, libs: Path) -> None:
    maven = shutil.which("mvn")
    if not maven:
        raise Refused("kafka-needs-maven")
    (folder / "pom.xml").write_text(POM, "utf-8")
    fresh = folder / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    command = [maven, "-q", "-B", "-f", str(folder / "pom.xml"), "dependency:copy-dependencies"]
    command += ["-DincludeScope=runtime", f"-DoutputDirectory={fresh}"]
    if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode:
        raise Refused("kafka-not-fetched", version=VERSION)
    fresh.rename(libs)  # whole or not at all: who was interrupted begins anew


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody uses now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


class Broker:
    """A broker in ``folder``, which keeps its ports and its data from one start to the next."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        """Refused: what ``java`` and ``jars`` refuse."""
        self.folder = folder.absolute()
        self._java = java()
        self._jars = jars()
        self._process: subprocess.Popen[bytes] | None = None
        ports = free_ports(2)
        self.port = port or ports[0]
        self._controller = ports[1]
        self.folder.mkdir(parents=True, exist_ok=True)
        self._settings = self.folder / "server.properties"
        (self.folder / "log4j2.properties").write_text(LOG, "utf-8")

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What it says."""
        return self.folder / "broker.log"

    def start(self) -> None:
        """Start, format when new, and return when it serves. Refused: ``kafka-not-started``."""
        text = SERVER.format(port=self.port, controller=self._controller, folder=self.folder)
        self._settings.write_text(text, "utf-8")
        if not (self.folder / "data" / "meta.properties").exists():
            self._format()
        with self.log.open("wb") as log:
            command = self._command("kafka.Kafka", str(self._settings))
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        self._await_start()

    def _format(self) -> None:
        cluster = urlsafe_b64encode(token_bytes(16)).decode().rstrip("=").replace("-", "A")
        arguments = ("format", "--standalone", "--cluster-id", cluster, "--config", str(self._settings))
        with self.log.open("wb") as log:
            command = self._command("kafka.tools.StorageTool", *arguments)
            if subprocess.run(command, stdout=log, stderr=log, check=False).returncode:
                raise Refused("kafka-not-started", log=str(self.log))

    def _command(self, program: str, *arguments: str) -> list[str]:
        return [
            self._java,
            *("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC"),
            f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}",
            f"-Dkafka.logs.dir={self.folder / 'logs'}",
            *("-cp", f"{self._jars}/*", program, *arguments),
        ]

    def _await_start(self) -> None:
        assert self._process is not None
        clock, never, left = SystemClock(), Event(), PATIENCE
        while STARTED not in self.log.read_text("utf-8", errors="replace"):
            left -= GLANCE
            if self._process.poll() is not None or left <= 0:
                self.kill()
                raise Refused("kafka-not-started", log=str(self.log))
            clock.wait(GLANCE, never)

    def stop(self) -> None:
        """As an operator stops it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As ``kill -9`` does: no clean-up of any kind."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """It keeps its connections and says nothing."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        self._send(signal.SIGCONT)

    def wait(self) -> int:
        """Until it has ended; its exit code."""
        assert self._process is not None
        return self._process.wait()

    def _send(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(number)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def running(folder: Path | None = None, port: int = 0) -> Iterator[Broker]:
    """A broker that does not outlive the block; without ``folder`` nothing is left of it."""
    home = folder or Path(mkdtemp(prefix="simpul-kafka-"))
    broker = None
    try:
        broker = Broker(home, port)
        broker.start()
        yield broker
    finally:
        if broker is not None:
            broker.stop()
        if folder is None:
            shutil.rmtree(home, ignore_errors=True)
