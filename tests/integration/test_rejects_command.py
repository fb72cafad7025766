"""`niaga rejects`: each reject with reason, source and place, and read again once what was wrong is mended."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import zstandard

from tests.support.command import niaga
from tests.support.warc import article_page


def test_a_reject_is_listed_with_its_place_and_read_again_after_a_fix_outside_its_file(
    tmp_path: Path,
) -> None:
    raw, warehouse = tmp_path / "raw", tmp_path / "warehouse"
    visit = raw / "web" / "2024-03-05" / "100000-0000.fetches"
    visit.parent.mkdir(parents=True)
    page = article_page(1)
    sha256 = hashlib.sha256(page).hexdigest()
    url = "https://suara.example.co.id/2024/03/04/ekspor"
    fetch = {
        "source": "suara", "kind": "page", "url": url, "final_url": url, "fetched_at": "2024-03-05T03:00:00+00:00",
        "status": 200, "sha256": sha256,
    }  # fmt: skip
    visit.write_text(json.dumps(fetch) + "\n")
    (raw / "gambar.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(400))

    def run() -> str:
        done = niaga("run", raw=raw, warehouse=warehouse)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def rejects(*options: str) -> list[tuple[str, str | None, str]]:
        listed = niaga("rejects", "--format", "json", *options, warehouse=warehouse)
        assert listed.returncode == 0, listed.stderr
        return [
            (row["raw_path"], row["raw_locator"], row["reason_code"]) for row in json.loads(listed.stdout)
        ]

    missing = ("web/2024-03-05/100000-0000.fetches", "source suara, record 1", "object_missing")
    binary = ("gambar.txt", None, "binary")
    run()
    assert rejects() == [binary, missing]
    assert rejects("--reason", "binary") == [binary]
    assert rejects("--path", "web/") == [missing]

    # The bytes come back from a backup: no file that a run looks at changes by it.
    place = raw / "web" / "objects" / sha256[:2] / f"{sha256}.zst"
    place.parent.mkdir(parents=True)
    place.write_bytes(zstandard.compress(page))
    assert "Nothing new" in run()
    assert rejects("--reason", "object_missing", "--retry") == [missing]
    assert "Nothing new" not in run()
    assert rejects() == [binary]
    assert "Nothing new" in run()
