"""Synthetic stage tables: events told by one to four articles each, with figures that differ a little."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.contracts.tables import ARTICLE_CLUSTERS, ARTICLES, CLAIMS
from pipelines.lexicons.loader import read_rows

# Shares of claim types as in the development and extended gold sets, rounded.
TYPE_SHARES = {
    "export_shipment": 0.25, "export_realisation": 0.33, "market_presence": 0.15, "export_target": 0.10,
    "trade_mission": 0.10, "training": 0.04, "exhibition": 0.03,
}  # fmt: skip
# An event is told by 1.5 articles on average; a tenth of the articles are copies.
REPORTS = (0.66, 0.22, 0.08, 0.04)
CLAIMS_PER_ARTICLE = 3
COPY_SHARE = 0.1
EXPORTERS = 20_000
OUTLETS = 300
DAYS = 11 * 365


def generate(n_claims: int, *, seed: int = 1) -> dict[str, pl.DataFrame]:
    """articles, article_clusters and claims of about `n_claims` claims; the same seed gives the same tables."""
    rng = np.random.default_rng(seed)
    events = _events(rng, int(n_claims / (np.arange(1, 5) @ np.array(REPORTS))))
    claims = _reports(rng, events).head(n_claims)
    return _tables(rng, claims)


def _events(rng: np.random.Generator, count: int) -> pl.DataFrame:
    regions = [row["name"] for row in read_rows("regions.csv")]
    goods = [row["term"] for row in read_rows("product_groups.csv")]
    countries = [row["alpha2"] for row in read_rows("countries.csv")][:60]
    claim_type = rng.choice(list(TYPE_SHARES), count, p=list(TYPE_SHARES.values()))
    day = np.datetime64("2015-01-01") + rng.integers(0, DAYS, count).astype("timedelta64[D]")
    return pl.DataFrame(
        {
            "event": np.arange(count),
            "claim_type": claim_type,
            "region_name": rng.choice(regions, count),
            "good": rng.choice(goods, count),
            "market": rng.choice(countries, count),
            "exporter_name": np.char.add("CV Usaha ", rng.integers(0, EXPORTERS, count).astype(str)),
            "day": day,
            "size": np.round(np.exp(rng.normal(2.5, 1.2, count)), 1),
            "money": np.round(np.exp(rng.normal(18, 2, count)), -4),
            "people": rng.integers(10, 200, count),
            "metric_code": rng.choice(
                ["value", "volume", "growth_pct", "exporters"], count, p=[0.55, 0.2, 0.2, 0.05]
            ),
            "currency_code": rng.choice(["USD", "IDR"], count),
            "is_first_one": rng.random(count) < 0.1,
            "is_planned": rng.random(count) < 0.15,
            "reports": rng.choice([1, 2, 3, 4], count, p=REPORTS),
        }
    )


def _reports(rng: np.random.Generator, events: pl.DataFrame) -> pl.DataFrame:
    """One row per report of an event: figures off by some percent, some slots missing, some months wrong."""
    told = events.select(pl.all().repeat_by("reports").explode()).drop("reports")
    count = told.height
    off = pl.Series(np.where(rng.random(count) < 0.3, rng.normal(1, 0.03, count), 1.0))
    missing, wrong = pl.Series(rng.random(count)), pl.Series(rng.random(count))
    shifted = pl.when(wrong < 0.03).then(pl.col("day").dt.offset_by("1mo")).otherwise("day")
    return told.with_columns(
        size=(pl.col("size") * off).round(1),
        money=(pl.col("money") * off).round(0),
        exporter_name=pl.when(missing < 0.3).then(None).otherwise("exporter_name"),
        date=pl.when(missing > 0.9).then(None).otherwise(shifted.dt.to_string("%Y-%m-%d")),
        said=pl.col("day").dt.offset_by("1d").dt.to_string("%Y-%m-%d"),
    )


def _tables(rng: np.random.Generator, told: pl.DataFrame) -> dict[str, pl.DataFrame]:
    count = told.height
    n_articles = count // CLAIMS_PER_ARTICLE + 1
    told = told.with_columns(article=pl.Series(rng.integers(0, n_articles, count)))
    # Reports of one event fall into different articles; two in one are the generator's accident, and dropped.
    told = told.unique(["article", "event"], maintain_order=True).with_row_index("row")
    kind = pl.col("claim_type")
    is_period = kind.is_in(["export_target", "export_realisation"])
    is_shipment, is_presence = kind == "export_shipment", kind == "market_presence"
    has_goods = is_shipment | is_presence
    year = pl.col("day").dt.year().cast(pl.String)
    is_money = (pl.col("metric_code") == "value") & is_period
    sentence = pl.format(
        "{} {} dari {} ke {} sebanyak {} senilai {}.",
        "claim_type",
        "good",
        "region_name",
        "market",
        "size",
        "money",
    )
    nothing = pl.lit(None)
    listed = pl.lit([], dtype=pl.List(pl.String))
    claims = told.with_columns(
        claim_id=pl.format("{}", pl.col("row").hash(1)),
        article_id=pl.format("a{}", "article"),
        text_sha256=pl.format("t{}", "article"),
        origin_region=pl.when(has_goods).then("region_name"),
        region=pl.when(~has_goods).then("region_name"),
        exporter=pl.when(has_goods).then("exporter_name"),
        issuer=nothing,
        organiser=nothing,
        products=pl.when(has_goods).then(pl.concat_list("good")).otherwise(listed),
        commodity=pl.when(is_period & (pl.col("people") < 100)).then("good"),
        destinations=pl.when(has_goods | (kind == "trade_mission"))
        .then(pl.concat_list("market"))
        .otherwise(listed),
        quantity=pl.when(is_shipment).then("size"),
        unit=pl.when(is_shipment | (is_period & (pl.col("metric_code") == "volume"))).then(pl.lit("tonne")),
        containers=pl.when(is_shipment & (pl.col("people") < 80)).then((pl.col("size") / 20).ceil()),
        value=pl.when(is_shipment).then("money"),
        amount=pl.when(is_money).then("money").when(is_period).then("size"),
        transaction=pl.when(kind == "trade_mission").then("money"),
        currency=pl.when(is_shipment | is_money | (kind == "trade_mission")).then("currency_code"),
        participants=pl.when(kind.is_in(["trade_mission", "training", "exhibition"])).then("people"),
        date=pl.when(~is_period & ~is_presence).then("date"),
        period=pl.when(is_period).then(year),
        metric=pl.when(is_period).then("metric_code"),
        revision=nothing,
        is_first=pl.when(is_shipment & pl.col("is_first_one")).then(pl.lit(value=True)),
        direction=pl.when(kind == "trade_mission").then(pl.lit("outbound")),
        transaction_status=pl.when(kind == "trade_mission").then(pl.lit("realised")),
        name=pl.when(kind == "exhibition").then(pl.format("Pameran {}", "people")),
        place=pl.when(kind == "exhibition").then(pl.lit("Jakarta")),
        status=pl.when(~is_period).then(
            pl.when("is_planned").then(pl.lit("planned")).otherwise(pl.lit("realised"))
        ),
        quote=sentence,
        spans=pl.lit("{}"),
        qualifiers=pl.lit("{}"),
        bounds=pl.lit("{}"),
        flags=listed,
        speaker=pl.lit("official"),
        rule_id=pl.lit("synthetic"),
        confidence=pl.lit(0.9),
        extractor_version=pl.lit("synthetic"),
    )
    # The text of an article is its sentences, one a line; offsets follow.
    length = pl.col("quote").str.len_chars() + 1
    claims = claims.sort("article", "row").with_columns(quote_end=length.cum_sum().over("article") - 1)
    claims = claims.with_columns(quote_start=pl.col("quote_end") - length + 1)
    return {
        "claims": claims.select(pl.col(name).cast(dtype) for name, dtype in CLAIMS.schema.items()),
        **_articles(rng, claims),
    }


def _articles(rng: np.random.Generator, claims: pl.DataFrame) -> dict[str, pl.DataFrame]:
    articles = claims.group_by("article_id", "text_sha256", maintain_order=True).agg(
        text=pl.col("quote").str.join("\n"), published=pl.col("said").first()
    )
    count = articles.height
    nothing = pl.lit(None)
    outlet = pl.Series(rng.integers(0, OUTLETS, count))
    articles = articles.with_columns(
        raw_path=pl.format("{}.txt", "article_id"),
        raw_sha256="text_sha256",
        url=pl.format("https://outlet{}.example.org/{}", outlet, "article_id"),
        title=nothing,
        outlet=pl.format("Outlet {}", outlet),
        published_method=pl.lit("metadata"),
        dateline=nothing,
        raw_locator=nothing,
        modified=nothing,
        author=nothing,
        language=nothing,
        text_length=pl.col("text").str.len_chars(),
        raw_length=pl.col("text").str.len_chars(),
        repeat_start=nothing,
        repeat_end=nothing,
        is_current=pl.lit(value=True),
        run_id=pl.lit("run-1"),
    )
    copies = pl.Series(rng.random(count)) < COPY_SHARE
    cluster = pl.when(copies).then(pl.col("article_id").shift(1).fill_null("a0")).otherwise("article_id")
    clusters = articles.with_columns(
        cluster_id=cluster, representative_id=cluster, relation=pl.lit("unique"), series_id=nothing,
        similarity=nothing, numeric_agreement=nothing, reason=pl.lit("synthetic"),
    )  # fmt: skip
    return {
        "articles": articles.select(pl.col(name).cast(dtype) for name, dtype in ARTICLES.schema.items()),
        "article_clusters": clusters.select(
            pl.col(name).cast(dtype) for name, dtype in ARTICLE_CLUSTERS.schema.items()
        ),
    }
