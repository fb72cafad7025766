"""Ask for known vulnerabilities of the pinned packages; say why, where the service cannot be asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 300


def main() -> int:
    command = [
        sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / "constraints.txt"),
        "--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "15",
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT)
        packages = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        print("not audited: the vulnerability service cannot be reached from here")
        return 0
    return judge(packages)


def judge(packages: list[dict]) -> int:
    """Print what the service said; 1 where it knows a vulnerability."""
    asked = [package for package in packages if "vulns" in package]
    vulnerable = [package for package in asked if package["vulns"]]
    if not asked:
        print(f"not audited: the vulnerability service here knows none of the {len(packages)} packages")
        return 0
    print(f"{len(asked)} of {len(packages)} packages audited, {len(vulnerable)} with known vulnerabilities")
    for package in vulnerable:
        for vulnerability in package["vulns"]:
            fixed = ", ".join(vulnerability.get("fix_versions") or []) or "no version yet"
            print(f"  {package['name']} {package['version']}: {vulnerability['id']}, mended in {fixed}")
    return int(bool(vulnerable))


if __name__ == "__main__":
    sys.exit(main())
