"""Which schema a database has, and the way from one to the next (migrations/)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from storage.stores import Store
from storage.trouble import DatabaseTrouble

if TYPE_CHECKING:
    from alembic.config import Config

#: The newest revision in migrations/versions; a test holds it against the files. Known here so that the usual start,
#: where nothing is to be done, need not load Alembic.
HEAD = "0001"
MIGRATIONS = Path(__file__).with_name("migrations")


async def revision(store: Store) -> str | None:
    """The schema revision of a database; None for one that is new or empty. Raises DatabaseTrouble."""
    if not await store.exists():
        return None
    engine = store.plain()
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_revision, store.name)
    except DBAPIError as error:
        raise DatabaseTrouble(
            store.illness(error)
            or f"{store.name} cannot be read as a database ({error.orig}). Restore a backup."
        ) from None
    finally:
        await engine.dispose()


def _revision(connection: Connection, name: str) -> str | None:
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if "alembic_version" not in tables:
        raise DatabaseTrouble(
            f"{name} holds tables that are not the bot's. Name another place in storage.url."
        )
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def alembic_config() -> Config:
    """Alembic's configuration; there is no ini file. The connection goes into `attributes["connection"]`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def refuse_newer(name: str, schema: str | None) -> None:
    """Raises DatabaseTrouble for a schema that this version of the bot does not know."""
    if schema is not None and schema > HEAD:
        raise DatabaseTrouble(
            f"{name} was written by a newer version of the bot (schema {schema}, this one knows {HEAD}). "
            "Install that version again, or restore the backup it made when it upgraded: "
            "python -m bot db restore FILE."
        )


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run the migrations that are missing, over a connection, in its transaction."""
    from alembic import command

    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)
