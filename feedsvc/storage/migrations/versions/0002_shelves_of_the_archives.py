"""Shelves of the archives: what was shown so far is numbered in the order in which it came."""

import sqlalchemy as sa
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('article_categories', schema=None) as batch_op:
        batch_op.add_column(sa.Column('shelf', sa.BigInteger(), nullable=True))
        batch_op.create_index('ix_article_categories_shelf', ['category', 'shelf'], unique=False)

    with op.batch_alter_table('articles', schema=None) as batch_op:
        batch_op.add_column(sa.Column('shelf', sa.BigInteger(), nullable=True))
        batch_op.create_index('ix_articles_shelf', ['shelf'], unique=False)

    op.execute(
        """
        UPDATE articles SET shelf = numbered.place FROM (
          SELECT id, row_number() OVER (ORDER BY id) AS place FROM articles WHERE state IN ('published', 'withdrawn')
        ) AS numbered WHERE numbered.id = articles.id
        """
    )
    op.execute(
        """
        UPDATE article_categories SET shelf = numbered.place FROM (
          SELECT link.category, link.article_id,
                 row_number() OVER (PARTITION BY link.category ORDER BY link.article_id) AS place
          FROM article_categories AS link JOIN articles ON articles.id = link.article_id
          WHERE articles.shelf IS NOT NULL AND link.placed_by <> 'left'
        ) AS numbered
        WHERE numbered.category = article_categories.category AND numbered.article_id = article_categories.article_id
        """
    )


def downgrade() -> None:
    with op.batch_alter_table('articles', schema=None) as batch_op:
        batch_op.drop_index('ix_articles_shelf')
        batch_op.drop_column('shelf')

    with op.batch_alter_table('article_categories', schema=None) as batch_op:
        batch_op.drop_index('ix_article_categories_shelf')
        batch_op.drop_column('shelf')
