"""A ten-line client as an analyst would write it, with gql and pandas; argv: URL, token."""
import sys

import pandas
from gql import Client, gql
from gql.transport.requests import RequestsHTTPTransport

url, token = sys.argv[1:]
transport = RequestsHTTPTransport(f"{url}/graphql", headers={"Authorization": f"Bearer {token}"})
client = Client(transport=transport, fetch_schema_from_transport=True)
query = gql(
    """{ metrics(input: {range: {last: {n: 90, unit: DAY}}, by: [PLATFORM], metrics: [IMPRESSIONS, SPEND, ROI]})
         { table(decimals: NUMBER) { columns { name type unit } rows } meta { cache } } }"""
)

answers = [client.execute(query)["metrics"] for _ in range(2)]
tables = [answer["table"] for answer in answers]
frames = [
    pandas.DataFrame(table["rows"], columns=[column["name"] for column in table["columns"]])
    for table in tables
]
print(frames[0].to_string(index=False))

# The same names, order and types, whether from the cache or not.
assert answers[1]["meta"]["cache"] == "HIT", answers[1]["meta"]
assert tables[0] == tables[1]
assert list(frames[0].columns) == ["platform", "impressions", "spend", "roi"]
assert pandas.api.types.is_integer_dtype(frames[0]["impressions"]), frames[0].dtypes
assert pandas.api.types.is_float_dtype(frames[0]["roi"]), frames[0].dtypes
assert pandas.api.types.is_numeric_dtype(frames[0]["spend"]), frames[0].dtypes
assert len(frames[0]) > 1
print("python client: ok")
