"""Runs the snippets of docs/clients/export.md in order, the shell's and Python's, and looks at what
they leave; argv: the recipe, URL, token."""
import decimal
import os
import re
import subprocess
import sys
import tempfile

recipe, url, token = sys.argv[1:]
os.environ |= {"BELLWETHER_URL": url, "BELLWETHER_TOKEN": token}
with open(recipe, encoding="utf-8") as file:
    snippets = re.findall(r"^```(sh|python)\n(.*?)^```$", file.read(), re.DOTALL | re.MULTILINE)
# The first one installs packages and names the server.
assert snippets[0][0] == "sh" and len(snippets) >= 5, len(snippets)

session = {"__name__": "recipe"}
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for number, (language, code) in enumerate(snippets[1:], 2):
        if language == "sh":
            subprocess.run(["bash", "-euo", "pipefail", "-c", code], check=True)
        else:
            exec(compile(code, f"{recipe}, snippet {number}", "exec"), session)

    losing = session["losing"]
    assert losing.columns == ["campaign_name", "spend", "roi"] and len(losing) > 0
    os.chdir("/")

daily = session["daily"]
types = {name: str(dtype) for name, dtype in daily.dtypes.items()}
assert types["period"] == "date32[day][pyarrow]" and types["clicks"] == "int64[pyarrow]", types
assert types["spend"] == "decimal128(38, 10)[pyarrow]" and types["ctr"] == "double[pyarrow]", types
assert list(daily)[-2:] == ["currency", "notes"] and not daily.duplicated(["period", "campaign_id"]).any()
assert isinstance(daily["spend"].sum(), decimal.Decimal)
assert session["n_rows"] == len(daily) > 2000, (session["n_rows"], len(daily))

try:
    session["export"](range={"last": {"n": 1, "unit": "DAY"}}, metrics=["SPENT"])
    raise AssertionError("an unknown metric was accepted")
except ValueError as refusal:
    assert "SPENT" in str(refusal), refusal
print("recipe for files: ok")
