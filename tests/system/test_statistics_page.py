# SPDX-FileCopyrightText: 2026 the lkcam authors
# SPDX-License-Identifier: MIT
"""docs/statistics.md explains every figure of the public header."""
import re

from paths import ROOT


def test_statistics_page_has_every_figure():
    header = (ROOT / "include/lkcam/lkcam.h").read_text()
    page = (ROOT / "docs/statistics.md").read_text()
    inside = header.split("struct lkcam_stats {")[1].split("};")[0]
    inside = re.sub(r"/\*.*?\*/", "", inside, flags=re.S)
    names = re.findall(r"(\w+)(?:\[\w+\])?\s*[,;]", inside)
    assert len(names) > 30
    for name in names:
        assert name == "size" or f"`{name}`" in page, name
