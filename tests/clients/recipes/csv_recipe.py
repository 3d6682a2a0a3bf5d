"""Runs the shell snippets of docs/clients/spreadsheet.md and reads the CSV that they leave; argv:
the recipe, URL, token."""
import csv
import os
import re
import subprocess
import sys
import tempfile

recipe, url, token = sys.argv[1:]
with open(recipe, encoding="utf-8") as file:
    _settings, snippet = re.findall(r"^```sh\n(.*?)^```$", file.read(), re.DOTALL | re.MULTILINE)
environment = os.environ | {"BELLWETHER_URL": url, "BELLWETHER_TOKEN": token}


def made(snippet, folder):
    """The rows of the file that the snippet leaves."""
    subprocess.run(["bash", "-euo", "pipefail", "-c", snippet], cwd=folder, env=environment, check=True)
    path = os.path.join(folder, "weekly.csv")
    with open(path, "rb") as file:
        assert file.read(3) == b"\xef\xbb\xbf"
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


with tempfile.TemporaryDirectory() as folder:
    names, *rows = made(snippet, folder)
    assert names[:3] == ["campaign_id", "campaign_name", "period"] and names[-1] == "roi", names
    assert len(rows) > 50 and all(len(row) == len(names) for row in rows)
    assert all(float(row[names.index("spend")]) >= 0 for row in rows)

    # Names that a spreadsheet would run stand as texts; numbers below zero stay numbers.
    answer = '{"data": {"metrics": {"rowCount": 1, "table": {"columns": [], "rows": [["=1+1", "-2", "a=b", -3, null]]}}}}'
    stub = "curl() { printf '%s' '" + answer + "'; }\n"
    _names, row = made(stub + snippet, folder)
    assert row == ["'=1+1", "'-2", "a=b", "-3", ""], row
print("recipe for CSV: ok")
