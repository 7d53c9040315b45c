"""Alembic's entry: runs the migrations over a plain synchronous connection, in one transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine

from storage.tables import Row

engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "")
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Row.metadata,
        render_as_batch=True,  # SQLite cannot alter a column in place
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
