"""How Alembic runs the revisions: on the connection that it is handed, in that connection's one transaction."""

from alembic import context

from ell2a.log.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # Alembic takes SQLite to commit each statement; begun by us, its transactions hold the schema too.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
