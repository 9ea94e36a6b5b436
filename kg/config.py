"""The environment and `.env` -> settings, one class a service; a password is a secret in every message and repr."""

from typing import Any, Self

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kg.errors import SettingsError


class Settings(BaseSettings):
    """Settings of a service: a subclass names its prefix; a variable of the environment goes before one of `.env`."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    @classmethod
    def load(cls, **given: Any) -> Self:
        """The settings as they now are, `given` before all; SettingsError names the variable that makes no sense."""
        try:
            return cls(**given)
        except ValidationError as error:
            prefix = cls.model_config.get("env_prefix", "")
            faults = (f"{prefix}{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors())
            raise SettingsError("; ".join(faults)) from None


class Neo4jSettings(Settings):
    """NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD, NEO4J_DATABASE: the names that Aura's credentials file has, too.

    `retry_time`: seconds for which a transaction is tried again while the server is away; `timeout`: seconds in which
    a server must answer when the store is opened.
    """

    model_config = SettingsConfigDict(env_prefix="NEO4J_")

    uri: str | None = None
    username: str = "neo4j"
    password: SecretStr | None = None
    database: str | None = None
    retry_time: float = 120
    timeout: float = 15


class SparqlSettings(Settings):
    """SPARQL_USERNAME and SPARQL_PASSWORD, for a server that asks for them."""

    model_config = SettingsConfigDict(env_prefix="SPARQL_")

    username: str | None = None
    password: SecretStr | None = None
