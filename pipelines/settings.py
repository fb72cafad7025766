"""Where things are and which limits hold: one value, made once from options and environment.

Nothing here is read at import: `Settings.from_environment` is the only place that looks at the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipelines.errors import NiagaError

PROJECT_DIR: Final = Path(__file__).resolve().parent.parent
RAW_DIR_VARIABLE: Final = "NIAGA_RAW_DIR"
WAREHOUSE_DIR_VARIABLE: Final = "NIAGA_WAREHOUSE_DIR"
BUILD_DB_VARIABLE: Final = "NIAGA_BUILD_DB"
LEXICON_DIR_VARIABLE: Final = "NIAGA_LEXICON_DIR"
REVIEWS_VARIABLE: Final = "NIAGA_REVIEWS"
SOURCES_VARIABLE: Final = "NIAGA_SOURCES"
ALERT_WEBHOOK_VARIABLE: Final = "NIAGA_ALERT_WEBHOOK"
POSTGRES_VARIABLE: Final = "NIAGA_POSTGRES_URL"
TIME_ZONE: Final = "Asia/Jakarta"


@dataclass(frozen=True, slots=True)
class Settings:
    """The folders and limits of one installation.

    Attributes:
        raw_dir: Input as received; what `niaga fetch` receives goes under web/, the rest is read only.
        warehouse_dir: Everything niaga builds; may be deleted, the next run builds it again.
        project_dir: The checkout, which holds dbt_project/ and workspace.yaml.
        reviews_path: Decisions of people; read only by a run, added to by `niaga review`.
        sources_path: The outlets that `niaga fetch` visits (sources.yml); may be missing.
        uses_postgres: Dagster keeps its storage in the Postgres that NIAGA_POSTGRES_URL names, not in SQLite.
        alert_webhook: Where failures and sources gone quiet are told by HTTP POST; nowhere without it.
    """

    raw_dir: Path
    warehouse_dir: Path
    project_dir: Path = PROJECT_DIR
    reviews_path: Path = PROJECT_DIR / "data" / "reviews.csv"
    sources_path: Path = PROJECT_DIR / "data" / "sources.yml"
    alert_webhook: str | None = None
    uses_postgres: bool = False

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str], *, raw_dir: Path | None = None, warehouse_dir: Path | None = None
    ) -> Settings:
        """Options first, then NIAGA_RAW_DIR and NIAGA_WAREHOUSE_DIR, then data/ of the checkout."""
        data_dir = PROJECT_DIR / "data"
        raw = raw_dir or Path(environ.get(RAW_DIR_VARIABLE) or data_dir / "raw")
        warehouse = warehouse_dir or Path(environ.get(WAREHOUSE_DIR_VARIABLE) or data_dir / "warehouse")
        reviews = Path(environ.get(REVIEWS_VARIABLE) or data_dir / "reviews.csv")
        return cls(
            raw_dir=raw.expanduser().resolve(),
            warehouse_dir=warehouse.expanduser().resolve(),
            reviews_path=reviews.expanduser().resolve(),
            sources_path=Path(environ.get(SOURCES_VARIABLE) or data_dir / "sources.yml")
            .expanduser()
            .resolve(),
            alert_webhook=environ.get(ALERT_WEBHOOK_VARIABLE) or None,
            uses_postgres=_names_postgres(environ.get(POSTGRES_VARIABLE) or ""),
        )

    @property
    def forgotten_path(self) -> Path:
        """Articles that must not be kept; beside the reviews, because it is a person's decision, too."""
        return self.reviews_path.with_name("forgotten.csv")

    @property
    def tables_dir(self) -> Path:
        """Stage tables: one folder of Parquet parts for each."""
        return self.warehouse_dir / "tables"

    @property
    def dedupe_index_dir(self) -> Path:
        """The index of near copies: what makes a new article cost what it costs, not what is there."""
        return self.warehouse_dir / "dedupe_index"

    @property
    def published_path(self) -> Path:
        """The DuckDB file that readers open; replaced in one step, never written in place."""
        return self.warehouse_dir / "niaga.duckdb"

    @property
    def build_path(self) -> Path:
        """The DuckDB file that a run writes; readers never open it."""
        return self.warehouse_dir / "build.duckdb"

    @property
    def lock_path(self) -> Path:
        """The file whose OS lock the one writer holds."""
        return self.warehouse_dir / "run.lock"

    @property
    def web_index_path(self) -> Path:
        """Index of what was fetched; made again from the manifests under the raw folder."""
        return self.warehouse_dir / "web_index.sqlite"

    @property
    def fetch_lock_path(self) -> Path:
        """The file whose OS lock the one fetching process holds; runs do not need it."""
        return self.warehouse_dir / "fetch.lock"

    @property
    def log_dir(self) -> Path:
        """What runs did, as JSON lines."""
        return self.warehouse_dir / "logs"

    @property
    def dagster_home(self) -> Path:
        """Dagster's own storage: run history, event logs, schedule and sensor state."""
        return self.warehouse_dir / "dagster"

    @property
    def dbt_target_dir(self) -> Path:
        """What dbt leaves of the last build: compiled SQL, results, log."""
        return self.warehouse_dir / "dbt"

    @property
    def dbt_dir(self) -> Path:
        """The dbt project."""
        return self.project_dir / "dbt_project"

    def dbt_environment(self) -> dict[str, str]:
        """The variables as dbt's project takes them: folders stand in SQL text there, so quotes are doubled."""
        in_sql = {WAREHOUSE_DIR_VARIABLE, LEXICON_DIR_VARIABLE}
        return {
            name: value.replace("'", "''") if name in in_sql else value
            for name, value in self.environment().items()
        }

    def environment(self) -> dict[str, str]:
        """The variables that dbt and Dagster subprocesses read."""
        return {
            RAW_DIR_VARIABLE: str(self.raw_dir),
            WAREHOUSE_DIR_VARIABLE: str(self.warehouse_dir),
            BUILD_DB_VARIABLE: str(self.build_path),
            LEXICON_DIR_VARIABLE: str(PROJECT_DIR / "pipelines" / "lexicons"),
            REVIEWS_VARIABLE: str(self.reviews_path),
            SOURCES_VARIABLE: str(self.sources_path),
            **({ALERT_WEBHOOK_VARIABLE: self.alert_webhook} if self.alert_webhook else {}),
            "DAGSTER_HOME": str(self.dagster_home),
            # A run writes half a megabyte of dbt.log; dbt keeps five older files of this size.
            "DBT_LOG_FILE_MAX_BYTES": "2000000",
            "DBT_PROFILES_DIR": str(self.dbt_dir),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DO_NOT_TRACK": "1",
        }


def _names_postgres(url: str) -> bool:
    # Without a driver SQLAlchemy 2.1 takes psycopg 3, and dagster-postgres brings psycopg 2.
    if url and not url.startswith("postgresql+"):
        raise NiagaError(
            f"{POSTGRES_VARIABLE} must name the driver: postgresql+psycopg2://user:password@host/database "
            "(docs/deploy.md)"
        )
    return bool(url)
