"""Settings: every one may stand in the environment as ``SIMPUL_<NAME>`` (nested with ``__``)."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

SCHEMES = ("postgresql://", "postgres://")


class MinistrySettings(BaseModel):
    """Where a ministry is reached and as whom."""

    url: str = Field("", description="Address of the push service; empty: nothing is pushed.")
    consumer: str = Field("33-14", description="Our identity in the path of the Home Affairs dialect.")
    user_id: str = Field("sragen", description="User id of the Home Affairs dialect.")
    password: SecretStr = Field(SecretStr(""), description="Password of the Home Affairs dialect.")
    ip_user: str = Field("127.0.0.1", description="Our address as registered at Home Affairs.")
    timeout: float = Field(30.0, description="Seconds until an answer counts as unknown.", gt=0)
    retry_most: float = Field(900.0, description="Longest pause between two tries, in seconds.", gt=0)
    batch: int = Field(200, description="Most records in one push.", ge=1, le=1000)
    token: SecretStr = Field(SecretStr(""), description="Bearer token of the pull feed; empty: closed.")
    inbound_token: SecretStr = Field(
        SecretStr(""),
        description="Bearer token with which the national system answers files; empty: no answer is taken. Home Affairs only.",
    )


class Settings(BaseSettings):
    """The settings of one node."""

    model_config = SettingsConfigDict(
        env_prefix="SIMPUL_", env_nested_delimiter="__", extra="forbid", hide_input_in_errors=True
    )

    data: Path = Field(Path("data"), description="Folder of ledger, keys and views.")
    ledger_url: SecretStr = Field(
        SecretStr(""),
        description="Where the ledger is: `postgresql://role@host/database`; empty: `ledger.db` in the data folder.",
    )
    keys_url: SecretStr = Field(
        SecretStr(""),
        description="Where the keys of data subjects are: `postgresql://role@host/database`, not that of the ledger; "
        "empty: `keys/subjects.db` in the data folder.",
    )
    views_url: SecretStr = Field(
        SecretStr(""),
        description="Where the read models are: `postgresql://role@host/database`, in the first schema of its search path "
        "(`simpul_views` when that is nobody's); empty: `views.db` in the data folder.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on; only loopback until login exists.")
    port: int = Field(8000, description="Port to listen on; 0 takes a free one.", ge=0, le=65535)
    synthetic: bool = Field(
        False, description="Registry of invented people: numbers 9000-9999 only, marked on every screen."
    )
    mode: Literal["authoritative", "companion"] = Field(
        "authoritative",
        description="Who decides civil events and gives NIK and KK numbers: this regency (`authoritative`), or the national system, which answers what is filed here (`companion`).",
    )
    language: Literal["id", "en"] = Field("id", description="Language of a first visit.")
    max_body: int = Field(1_048_576, description="Largest request body in bytes.", ge=1024)
    wait: float = Field(2.0, description="Seconds that a page waits to show an act.", ge=0)
    log: Literal["json", "text"] = Field("text", description="Form of the log on standard error.")
    officer_tokens: str = Field(
        "demo-", description="Prefix of the officers' bearer tokens; empty: none are taken."
    )
    origin: str = Field(
        "simpul.local/ledger",
        description="Name under which the log signs its checkpoints, a URL without scheme; fixed on first use.",
        pattern=r"^[!-*,-~]+$",
    )
    public_url: str = Field(
        "",
        description="Address at which citizens reach this hub, e.g. `https://simpul.example`; the QR codes of papers lead to its `/verify`. Empty: they hold the code alone.",
        pattern=r"^(https?://[^\s#?]*[^\s#?/])?$",
    )
    kafka_bootstrap: str = Field(
        "",
        description="Where Kafka is: `host:port`, several with commas between; empty: nothing is published.",
    )
    kafka_prefix: str = Field(
        "simpul",
        description="How the names of our topics begin; hubs that share a cluster need one each.",
        pattern=r"^[A-Za-z0-9._-]{1,100}$",
    )
    kafka_replication: int = Field(
        -1, description="Copies of each topic that we make; -1: as the cluster has it.", ge=-1
    )
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How Kafka is spoken to."
    )
    kafka_ca: str = Field("", description="File of the authority that vouches for the brokers.")
    kafka_certificate: str = Field(
        "", description="File of our own certificate, when the brokers ask for one."
    )
    kafka_key: str = Field("", description="File of its key.")
    kafka_mechanism: Literal["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "", description="How we say who we are, with SASL."
    )
    kafka_username: str = Field("", description="As whom, with SASL.")
    kafka_password: SecretStr = Field(SecretStr(""), description="The password to it.")
    kemendagri: MinistrySettings = MinistrySettings()
    kemendag: MinistrySettings = MinistrySettings()

    @field_validator("ledger_url", "keys_url", "views_url")
    @classmethod
    def _of_postgres(cls, given: SecretStr) -> SecretStr:
        if given.get_secret_value() and not given.get_secret_value().startswith(SCHEMES):
            raise ValueError("an address that begins with postgresql:// is needed")
        return given

    @field_validator("keys_url")
    @classmethod
    def _apart_from_the_ledger(cls, given: SecretStr, others: ValidationInfo) -> SecretStr:
        # Every backup of the ledger would hold the keys, and bring back what was destroyed.
        if given.get_secret_value() and given == others.data.get("ledger_url"):
            raise ValueError("the keys do not belong into the database of the ledger")
        return given


def wrong(problem: Exception) -> str | None:
    """Which settings are wrong and why, without their values; None when it is no matter of settings."""
    if isinstance(problem, SettingsError):
        return str(problem)  # it names the setting, not the value
    if not isinstance(problem, ValidationError) or problem.title != Settings.__name__:
        return None
    found = problem.errors(include_input=False, include_url=False, include_context=False)
    names = ("SIMPUL_" + "__".join(str(part).upper() for part in error["loc"]) for error in found)
    return "; ".join(f"{name}: {error['msg']}" for name, error in zip(names, found, strict=True))
