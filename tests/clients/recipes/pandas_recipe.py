"""Runs every Python snippet of docs/clients/pandas.md, in order, as a reader would paste them into
one session, and looks at what they leave; argv: the recipe, URL, token."""
import decimal
import os
import re
import sys

recipe, url, token = sys.argv[1:]
os.environ |= {"BELLWETHER_URL": url, "BELLWETHER_TOKEN": token}
with open(recipe, encoding="utf-8") as file:
    snippets = re.findall(r"^```python\n(.*?)^```$", file.read(), re.DOTALL | re.MULTILINE)
assert len(snippets) >= 7, len(snippets)

session = {"__name__": "recipe"}
for number, snippet in enumerate(snippets, 1):
    exec(compile(snippet, f"{recipe}, snippet {number}", "exec"), session)

platforms, weekly, by_week = session["platforms"], session["weekly"], session["by_week"]
assert [str(dtype) for dtype in platforms.dtypes] == [
    "string", "Int64", "Int64", "Float64", "Float64", "Float64",
], platforms.dtypes
assert len(platforms) > 1 and platforms["spend"].is_monotonic_decreasing
assert str(weekly["period"].dtype) == "datetime64[s]", weekly.dtypes
assert by_week.shape[1] == 8 and len(by_week) > 10, by_week.shape

# The sums of the reader and the server's total are the same question.
sums, total = session["sums"], session["total"]
assert abs(sums["total_cost"].sum() - total["total_cost"].item()) < 0.01
assert len(session["losing"]) > 0

exact = session["exact"]
assert all(isinstance(value, decimal.Decimal) for value in exact["spend"]), exact
assert isinstance(exact["spend"].sum(), decimal.Decimal)

# The same columns and types where there are no rows at all.
question = {"range": {"between": {"from": "2001-01-01", "until": "2001-02-01"}}, "by": ["PERIOD", "PLATFORM"]}
empty = session["metrics"](**question, metrics=["CLICKS", "SPEND"])
assert [str(dtype) for dtype in empty.dtypes] == ["datetime64[s]", "string", "Int64", "Float64"], empty.dtypes

# More rows than a page holds come whole, each once.
daily = session["metrics"](
    range={"last": {"n": 12, "unit": "MONTH"}}, by=["PERIOD", "CAMPAIGN"], metrics=["SPEND"]
)
assert len(daily) > 2000 and not daily.duplicated(["period", "campaign_id"]).any(), len(daily)

try:
    session["metrics"](range={"last": {"n": 1, "unit": "DAY"}}, metrics=["SPENT"])
    raise AssertionError("an unknown metric was accepted")
except ValueError as refusal:
    assert "SPENT" in str(refusal), refusal
print("recipe for pandas: ok")
