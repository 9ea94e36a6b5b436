"""What the driver raises -> a StoreError that says what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager
from ssl import SSLCertVerificationError

from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConfigurationError,
    DriverError,
    IncompleteCommit,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from kg.errors import StoreError
from kg.store.neo4j.address import Address


@contextmanager
def told(address: Address) -> Iterator[None]:
    """Whatever the driver raises inside comes out as a StoreError."""
    try:
        yield
    except (DriverError, Neo4jError, OSError) as error:
        raise StoreError(address.url, reason(error, address)) from error


def out_of_memory(error: Neo4jError) -> bool:
    """Whether a transaction asked for more memory than the server grants: no use in trying the same again."""
    return "OutOfMemory" in (error.code or "")


def reason(error: Exception, address: Address) -> str:
    """In words: what went wrong, and what to do."""
    if isinstance(error, AuthError):
        return _refused(error, address)
    if isinstance(error, IncompleteCommit):
        return "the server went away while a batch was being committed; run the same command again to complete it"
    if _untrusted(error):
        return "the server's certificate is not one to trust; for one that it has signed itself, the URL begins +ssc://"
    if isinstance(error, (ServiceUnavailable, SessionExpired, OSError)):
        return f"no server answers there ({' '.join(str(error).split())})"
    if isinstance(error, ConfigurationError):
        return f"the driver can't use this address: {_line(error)}"
    if isinstance(error, Neo4jError):
        return _answer(error, address)
    return _line(error)


def _untrusted(error: BaseException | None) -> bool:
    """Whether a certificate that could not be verified is behind it."""
    return error is not None and (isinstance(error, SSLCertVerificationError) or _untrusted(error.__cause__))


def _refused(error: AuthError, address: Address) -> str:
    if error.code and error.code.endswith("RateLimit"):
        return "too many wrong passwords; the server takes no more for a few seconds"
    if error.code and error.code.endswith("CredentialsExpired"):
        return f"the first password of user {address.username!r} must be changed before the database can be used"
    if address.password is None:
        return "the server asks for a password: set NEO4J_PASSWORD (and NEO4J_USERNAME), or write them to the file .env"
    return f"the server refuses user {address.username!r} with this password (NEO4J_USERNAME, NEO4J_PASSWORD)"


def _answer(error: Neo4jError, address: Address) -> str:
    code = error.code or ""
    if code.endswith("DatabaseNotFound"):
        return f"the server has no database {address.database!r} (NEO4J_DATABASE)"
    if out_of_memory(error):
        return (
            "the batch needs more memory than the server grants a transaction, and nothing of it was written: load in "
            "smaller batches, or raise db.memory.transaction.max and dbms.memory.transaction.total.max"
        )
    if code.endswith("Schema.ConstraintValidationFailed"):
        return f"a constraint of this database forbids it: {_line(error)}"
    if isinstance(error, ClientError) and "AccessMode" in code:
        return "a question may not write"
    return _line(error)


def _line(error: Exception) -> str:
    text = (error.message if isinstance(error, Neo4jError) else None) or str(error) or type(error).__name__
    return text.strip().splitlines()[0]
