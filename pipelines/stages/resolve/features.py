"""What coreference compares: one row of comparable values per claim."""

from __future__ import annotations

import polars as pl

from pipelines.lexicons.reference import ReferenceData
from pipelines.stages.resolve.coding import CodedClaims
from pipelines.stages.resolve.names import read_fair

WORDS = pl.List(pl.String)
PRODUCER_KINDS = ("cooperative", "group")
NUMBERS = ("quantity", "value", "containers", "amount", "transaction", "participants")


def claim_features(
    claims: pl.DataFrame, clusters: pl.DataFrame, coded: CodedClaims, *, reference: ReferenceData
) -> pl.DataFrame:
    """One row per claim, sorted by claim_id, with the values that two claims of an event should share.

    Lists are sorted sets and never null. Quantities in a mass unit are in kilograms, with the dimension `kg`;
    other units are their own dimension, so that two units are never compared.
    """
    fair = _fair_names(claims, reference)
    base = claims.select(
        "claim_id", "claim_type", "article_id", "metric", "currency", "unit", "direction",
        "transaction_status", "status", "is_first", "revision", "confidence",
        *(pl.col(n).cast(pl.Float64) for n in NUMBERS),
        has_commodity=pl.col("commodity").is_not_null(),
        name_words=_words(fair),
        name_initials=_initials(fair),
        place_words=_words(pl.col("place")),
        region_words=_words(pl.coalesce("origin_region", "region", pl.lit(""))),
        # Kota Semarang and Kabupaten Semarang have one name.
        place_name=pl.coalesce("origin_region", "region").str.to_lowercase().str.replace(r"^\S+ ", ""),
    )  # fmt: skip
    codes = coded.codes
    frame = base.join(codes, on="claim_id", how="left").join(
        clusters.select("article_id", "cluster_id"), on="article_id", how="left"
    )
    frame = frame.join(_product_sets(coded), on="claim_id", how="left")
    frame = frame.join(_destination_sets(coded, reference), on="claim_id", how="left")
    frame = frame.join(_organisation_sets(coded, claims), on="claim_id", how="left")
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    mass = pl.col("quantity_kg").is_not_null()
    return frame.with_columns(
        *(pl.col(name).fill_null(pl.lit([], dtype=WORDS)) for name in lists if name != "product_words"),
        # "Produk Jawa Tengah" of Jawa Tengah names no goods.
        product_words=pl.col("product_words")
        .fill_null(pl.lit([], dtype=WORDS))
        .list.set_difference("region_words")
        .list.sort(),
        is_generic_good=pl.col("product_groups")
        .list.set_intersection(sorted(reference.generic_groups))
        .list.len()
        > 0,
        cluster_id=pl.col("cluster_id").fill_null(pl.col("article_id")),
        has_siblings=pl.len().over("article_id", "claim_type", "first_day", "status") > 1,
        province=pl.col("region_id").str.slice(0, 5),
        measure=pl.when(mass)
        .then(pl.col("quantity_kg").cast(pl.Float64))
        .otherwise(pl.coalesce("quantity", "amount")),
        dimension=pl.when(mass).then(pl.lit("kg")).otherwise(pl.coalesce("unit", "currency", pl.lit("none"))),
    ).sort("claim_id")


def _fair_names(claims: pl.DataFrame, reference: ReferenceData) -> pl.Expr:
    read = {name: read_fair(name, reference=reference) for name in claims["name"].drop_nulls().unique()}
    return pl.col("name").replace_strict(read, default=None, return_dtype=pl.String)


def _words(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.extract_all(r"[a-z0-9]+").list.unique().list.sort()


def _initials(text: pl.Expr) -> pl.Expr:
    words = text.str.to_lowercase().str.extract_all(r"\b[a-z]+")
    return words.list.eval(pl.element().str.slice(0, 1)).list.join("")


def _product_sets(coded: CodedClaims) -> pl.DataFrame:
    names = coded.product_names.values()
    words = pl.DataFrame(
        [(n.printed, list(n.words)) for n in names],
        schema={"product_name": pl.String, "product_words": WORDS},
        orient="row",
    )
    frame = coded.claim_products.join(words, on="product_name", how="left").join(
        coded.products.select("product_id", "product_group"), on="product_id", how="left"
    )
    return frame.group_by("claim_id").agg(
        product_ids=pl.col("product_id").unique().sort(),
        product_words=pl.col("product_words").explode().drop_nulls().unique().sort(),
        product_groups=pl.col("product_group").drop_nulls().unique().sort(),
    )


def _destination_sets(coded: CodedClaims, reference: ReferenceData) -> pl.DataFrame:
    areas = {code: sorted(held) for code, held in reference.country_areas.items()}
    area_frame = pl.DataFrame(
        [(code, held) for code, held in sorted(areas.items())],
        schema={"destination_code": pl.String, "_areas": WORDS},
        orient="row",
    )
    frame = coded.claim_destinations.join(area_frame, on="destination_code", how="left")
    code = pl.coalesce("region_id", "destination_code")
    return frame.group_by("claim_id").agg(
        destinations=code.unique().sort(),
        destination_areas=pl.col("_areas").explode().drop_nulls().unique().sort(),
    )


def _organisation_sets(coded: CodedClaims, claims: pl.DataFrame) -> pl.DataFrame:
    rows = [
        (name, region, org.kind, list(org.words), org.joined, org.initials, sorted(_trigrams(org.joined)))
        for (name, region), org in sorted(
            coded.organisation_names.items(), key=lambda item: (item[0][0], item[0][1] or "")
        )
    ]
    words = pl.DataFrame(
        rows,
        schema={
            "organisation_name": pl.String,
            "_stated_region": pl.String,
            "_kind": pl.String,
            "_words": WORDS,
            "_joined": pl.String,
            "_initials": pl.String,
            "_trigrams": WORDS,
        },
        orient="row",
    )
    stated = claims.select("claim_id", _stated_region=pl.coalesce("origin_region", "region"))
    frame = coded.claim_organisations.join(stated, on="claim_id").join(
        words, on=["organisation_name", "_stated_region"], how="left", nulls_equal=True
    )
    is_exporter = pl.col("role_code") == "exporter"
    return frame.group_by("claim_id").agg(
        exporter_ids=pl.col("organisation_id").filter(is_exporter).unique().sort(),
        exporter_words=pl.col("_words").filter(is_exporter).explode().drop_nulls().unique().sort(),
        exporter_joined=pl.col("_joined").filter(is_exporter).unique().sort(),
        exporter_initials=pl.col("_initials").filter(is_exporter).unique().sort(),
        exporter_trigrams=pl.col("_trigrams").filter(is_exporter).explode().drop_nulls().unique().sort(),
        is_producer_group=pl.col("_kind").filter(is_exporter).is_in(PRODUCER_KINDS).any(),
        office_words=pl.col("_words").filter(~is_exporter).explode().drop_nulls().unique().sort(),
    )


def _trigrams(text: str) -> set[str]:
    padded = f" {text} "
    return {padded[place : place + 3] for place in range(len(padded) - 2)}
