"""The tables between the stages, collect to resolve. Marts are declared in dbt (dbt_project/models/marts)."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.contracts.claims import (
    CLAIM_TYPES,
    DIRECTIONS,
    METRICS,
    REVISIONS,
    STATUSES,
    TRANSACTION_STATUSES,
)
from pipelines.contracts.fields import Field, Table

# Money and quantities: 24 digits before and 4 after the point hold a national budget in rupiah and grams in tonnes.
AMOUNT: Final = pl.Decimal(28, 4)

# How a publication date was found, in the order of trust.
PUBLISHED_METHODS: Final = (
    "metadata", "json_ld", "meta_tag", "time_tag", "url", "byline", "dateline", "listing", "copyright_footer",
)  # fmt: skip
# Editions of one page, the one preferred as the text of the article first.
PAGE_VARIANTS: Final = ("all_pages", "canonical", "mobile", "amp", "part")

ARTICLES: Final = Table(
    name="articles",
    grain="one version of the text of one article; the current version has is_current",
    key=("article_id", "text_sha256"),
    fields=(
        Field("article_id", pl.String, 'hash of ["article", canonical URL or raw path]'),
        Field("text_sha256", pl.String, "SHA-256 of text: the version of the article"),
        Field("raw_path", pl.String, "file it was read from, relative to the raw folder"),
        Field(
            "raw_locator", pl.String,
            "where in that file it stands (record 12, byte 4711, member x.txt); null for the file itself", nullable=True,
        ),
        Field("raw_sha256", pl.String, "SHA-256 of the bytes as received"),
        Field("url", pl.String, "canonical URL", nullable=True),
        Field("title", pl.String, "headline, where the document has one", nullable=True),
        Field("outlet", pl.String, "name of the site or outlet as metadata or the text gives it", nullable=True),
        Field("published", pl.String, "publication date, EDTF (2024-02-26, 2024)", nullable=True),
        Field(
            "published_method", pl.String, "how the publication date was found", nullable=True,
            accepted=PUBLISHED_METHODS,
        ),
        Field("modified", pl.String, "date of the last change that the page tells, EDTF", nullable=True),
        Field("author", pl.String, "who signs it, as the page or record says", nullable=True),
        Field("language", pl.String, "ISO 639-1 code of the text as decided; null where it is taken as given", nullable=True),
        Field("dateline", pl.String, "place the report is dated from, as printed", nullable=True),
        Field("text", pl.String, "the article after cleaning; frozen: offsets of claims count in it"),
        Field("text_length", pl.Int64, "length of text", unit="characters"),
        Field("raw_length", pl.Int64, "length of the decoded document before cleaning", unit="characters"),
        Field("repeat_start", pl.Int64, "start of the repeated body in the decoded document", nullable=True, unit="characters"),
        Field("repeat_end", pl.Int64, "end of the repeated body, exclusive", nullable=True, unit="characters"),
        Field("is_current", pl.Boolean, "false for a version that a later text under the same id replaced"),
        Field("run_id", pl.String, "run that read this version first"),
    ),
)  # fmt: skip

REJECTS: Final = Table(
    name="rejects",
    grain="one document, row or article that a stage could not take, with the reason",
    key=("reject_id",),
    fields=(
        Field("reject_id", pl.String, "hash of stage, path, position and reason"),
        Field("stage", pl.String, "collect, dedupe, extract or resolve"),
        Field("raw_path", pl.String, "file, relative to the raw folder"),
        Field(
            "raw_locator", pl.String, "where in that file it stands; null for the file itself", nullable=True
        ),
        Field("article_id", pl.String, "article, where one was made", nullable=True),
        Field("reason_code", pl.String, "what was wrong; codes are listed in docs/runbook.md"),
        Field("detail", pl.String, "the particulars, for a person"),
        Field("run_id", pl.String, "run that met it first"),
    ),
)

ARTICLE_CLUSTERS: Final = Table(
    name="article_clusters",
    grain="one current article and the cluster (articles carrying the same text) it belongs to",
    key=("article_id",),
    fields=(
        Field("article_id", pl.String, "article"),
        Field("cluster_id", pl.String, "cluster; the id of a cluster never changes when articles join it"),
        Field("representative_id", pl.String, "earliest article of the cluster: the one that speaks for it"),
        Field(
            "relation", pl.String, "how the article relates to the representative",
            accepted=("unique", "representative", "exact", "near", "contained"),
        ),
        Field("series_id", pl.String, "template series it belongs to: same wording, other figures", nullable=True),
        Field("similarity", pl.Float64, "sentence coverage with the representative", nullable=True, unit="share"),
        Field("numeric_agreement", pl.Float64, "agreement of the numbers with the representative", nullable=True, unit="share"),
        Field("reason", pl.String, "why it was or was not merged, for a person"),
    ),
)  # fmt: skip

ARTICLE_LINKS: Final = Table(
    name="article_links",
    grain="one verified pair of articles: a copy or a member of the same template series",
    key=("article_id", "other_article_id"),
    fields=(
        Field("article_id", pl.String, "the later article"),
        Field("other_article_id", pl.String, "the earlier article it was compared with"),
        Field("relation", pl.String, "what the pair is", accepted=("exact", "near", "contained", "template_series")),
        Field("similarity", pl.Float64, "sentence coverage in the larger direction", unit="share"),
        Field("numeric_agreement", pl.Float64, "agreement of the numbers; null where too few", nullable=True, unit="share"),
        Field("reason", pl.String, "the deciding comparison, for a person"),
    ),
)  # fmt: skip

CLAIMS: Final = Table(
    name="claims",
    grain="one typed statement of one article version; columns of other claim types are null",
    key=("claim_id",),
    fields=(
        Field("claim_id", pl.String, "hash of article version, type, span and ordinal"),
        Field("article_id", pl.String, "article that makes the claim"),
        Field("text_sha256", pl.String, "version of the article's text the offsets count in"),
        Field("claim_type", pl.String, "kind of statement", accepted=CLAIM_TYPES),
        Field("origin_region", pl.String, "region the goods come from, official name with level", nullable=True),
        Field("region", pl.String, "region the statement is about, official name with level", nullable=True),
        Field("exporter", pl.String, "exporter as the text names it", nullable=True),
        Field("issuer", pl.String, "body that set the target, as named", nullable=True),
        Field("organiser", pl.String, "organiser of the training, as named", nullable=True),
        Field("products", pl.List(pl.String), "goods as printed"),
        Field("commodity", pl.String, "goods a target or realisation is about, as printed", nullable=True),
        Field("destinations", pl.List(pl.String), "ISO 3166-1 alpha-2 or M49:nnn; region names when domestic"),
        Field("quantity", AMOUNT, "quantity shipped", nullable=True, unit="unit"),
        Field("unit", pl.String, "canonical unit of quantity or amount", nullable=True),
        Field("containers", AMOUNT, "containers shipped", nullable=True, unit="containers"),
        Field("value", AMOUNT, "value of the shipment", nullable=True, unit="currency"),
        Field("amount", AMOUNT, "figure of a target or realisation", nullable=True, unit="metric, currency, unit"),
        Field("transaction", AMOUNT, "transactions of a mission or fair", nullable=True, unit="currency"),
        Field("currency", pl.String, "ISO 4217 code of value, amount or transaction", nullable=True),
        Field("participants", AMOUNT, "participants", nullable=True, unit="persons or firms as printed"),
        Field("date", pl.String, "date, EDTF", nullable=True),
        Field("period", pl.String, "reference period, EDTF", nullable=True),
        Field("metric", pl.String, "what amount measures", nullable=True, accepted=METRICS),
        Field("revision", pl.String, "version of a target", nullable=True, accepted=REVISIONS),
        Field("is_first", pl.Boolean, "first export of the product, exporter or to the destination", nullable=True),
        Field("direction", pl.String, "direction of a mission", nullable=True, accepted=DIRECTIONS),
        Field("transaction_status", pl.String, "commitment of the transaction", nullable=True, accepted=TRANSACTION_STATUSES),
        Field("name", pl.String, "name of the fair", nullable=True),
        Field("place", pl.String, "place of the fair", nullable=True),
        Field("status", pl.String, "happened, or announced", nullable=True, accepted=STATUSES),
        Field("quote", pl.String, "the sentence(s) that prove the claim, verbatim"),
        Field("quote_start", pl.Int64, "offset of quote in articles.text, from 0", unit="code points"),
        Field("quote_end", pl.Int64, "end of quote, exclusive", unit="code points"),
        Field("spans", pl.String, "JSON object: slot to [start, end) it was read from"),
        Field("qualifiers", pl.String, "JSON object: number slot to about, at_least, at_most, nearly, more_than, range"),
        Field("bounds", pl.String, "JSON object: number slot to [low, high] as printed"),
        Field("flags", pl.List(pl.String), "what arithmetic and date checks found"),
        Field("speaker", pl.String, "who says it", accepted=("official", "exporter", "other", "narrator")),
        Field("rule_id", pl.String, "rule that read it"),
        Field("confidence", pl.Float64, "calibrated probability that the claim is right", unit="share"),
        Field("extractor_version", pl.String, "version of rules and lexicons"),
    ),
)  # fmt: skip

CLAIM_CHANGES: Final = Table(
    name="claim_changes",
    grain="one claim that a new version of the extractor added, took back or read otherwise in an article that did not change",
    key=("claim_id", "run_id"),
    fields=(
        Field("claim_id", pl.String, "claim; no longer among the claims where it was taken back"),
        Field("article_id", pl.String, "article that was read again"),
        Field("claim_type", pl.String, "kind of statement", accepted=CLAIM_TYPES),
        Field("change", pl.String, "what the new version did", accepted=("added", "changed", "removed")),
        Field("quote", pl.String, "the sentence(s) the claim rests on, verbatim"),
        Field("detail", pl.String, "JSON object: column of claims to [before, after], where it differs; null on one side"),
        Field("version_before", pl.String, "version of rules and lexicons that read the article before"),
        Field("version_after", pl.String, "version that read it in this run"),
        Field("run_id", pl.String, "run that read it again"),
    ),
)  # fmt: skip

STAGE_TABLES: Final = (ARTICLES, REJECTS, ARTICLE_CLUSTERS, ARTICLE_LINKS, CLAIMS, CLAIM_CHANGES)
