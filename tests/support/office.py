"""An office with a sources.yml that watches the outlet on loopback: what its visits bring, as documents and articles."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

import yaml

from pipelines.adapters.containers import read_documents
from pipelines.adapters.crawl import visit_sources
from pipelines.adapters.fetch import Fetcher
from pipelines.adapters.readers import list_raw_files
from pipelines.settings import Settings
from pipelines.stages.collect import CollectedArticle, RawDocument, Rejection, collect_document
from pipelines.stages.collect.raw import MetadataTree
from pipelines.stages.collect.records import FieldTree
from tests.support.command import niaga
from tests.support.outlet import Outlet

RSS = "application/rss+xml"


def feed(outlet: Outlet, paths: list[str], **headers: str) -> None:
    items = "".join(
        f"<item><title>Berita {path}</title><link>{outlet.url}{path}</link>"
        "<pubDate>Mon, 04 Mar 2024 10:00:00 +0700</pubDate></item>"
        for path in paths
    )
    body = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Suara</title>{items}</channel></rss>"
    outlet.serve("/feed", body, kind=RSS, **headers)


@dataclass
class Office:
    """An office that watches the outlet."""

    settings: Settings
    outlet: Outlet

    def write(self, **source: object) -> None:
        entry = {"name": "suara", "politeness": {"delay_seconds": 0}} | source
        config = {"allow_private_addresses": ["127.0.0.0/8"], "sources": [entry]}
        self.settings.sources_path.write_text(yaml.safe_dump(config))

    def visit(self, **options: object):
        with Fetcher(allow_private=["127.0.0.0/8"], sleep=lambda _: None) as fetcher:
            (visit,) = visit_sources(self.settings, fetcher=fetcher, **options)
        return visit

    def documents(self) -> list[RawDocument | Rejection]:
        raw_dir, nothing = self.settings.raw_dir, MetadataTree({})
        return [
            item.document
            for file in list_raw_files(raw_dir).files
            for item in read_documents(raw_dir, file.raw_path, metadata=nothing, fields=FieldTree({}).of("x"))
        ]

    def articles(self) -> list[CollectedArticle]:
        found = [
            collect_document(document) for document in self.documents() if isinstance(document, RawDocument)
        ]
        return [article for article in found if isinstance(article, CollectedArticle)]


def paths(*numbers: int) -> list[str]:
    return [f"/berita/{number}/ekspor-kopi-dari-gayo" for number in numbers]


def command(office: Office, *arguments: str) -> subprocess.CompletedProcess[str]:
    sources = {"NIAGA_SOURCES": str(office.settings.sources_path)}
    return niaga(
        *arguments, raw=office.settings.raw_dir, warehouse=office.settings.warehouse_dir, env=sources
    )
