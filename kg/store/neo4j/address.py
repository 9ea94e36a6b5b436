"""A URL and the settings -> where a Neo4j is, whom to enter it as, and which of its databases is meant."""

from typing import NamedTuple, Self
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from pydantic import SecretStr

from kg.config import Neo4jSettings
from kg.errors import StoreError

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


class Address(NamedTuple):
    """`uri` is what the driver connects to; `url` is what messages say: no secret is in either."""

    uri: str
    url: str
    username: str
    password: SecretStr | None
    database: str | None

    @classmethod
    def of(cls, url: str, settings: Neo4jSettings) -> Self:
        """The address of neo4j://[user@]host[:port][/database][?database=name]; `neo4j://` alone means NEO4J_URI.

        What the URL leaves out, the settings fill in. A URL with a password in it is refused.
        """
        parts = urlsplit(url)
        if not parts.hostname and settings.uri and not url.startswith(settings.uri):
            return cls.of(settings.uri, settings)
        host = parts.netloc.rpartition("@")[2]
        options = dict(parse_qsl(parts.query))
        database = options.pop("database", "") or unquote(parts.path.strip("/"))
        query = f"?{urlencode(options)}" if options else ""
        user = f"{quote(unquote(parts.username), safe='')}@" if parts.username else ""
        shown = f"{parts.scheme}://{user}{host}{f'/{database}' if database else ''}{query}"
        if parts.password is not None:
            reason = "a password in a URL stays in the shell's history; put it in NEO4J_PASSWORD or in the file .env"
            raise StoreError(shown, reason)
        if not host:
            raise StoreError(shown, "this URL names no host, and NEO4J_URI is not set")
        if parts.scheme not in SCHEMES:
            raise StoreError(shown, f"a Neo4j URL starts with one of {', '.join(SCHEMES)}")
        try:
            _ = parts.port
        except ValueError as error:
            raise StoreError(shown, f"the port is no port: {error}") from error
        return cls(
            uri=f"{parts.scheme}://{host}{query}",
            url=shown,
            username=unquote(parts.username) if parts.username else settings.username,
            password=settings.password,
            database=database or settings.database,
        )
