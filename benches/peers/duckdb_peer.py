"""DuckDB's side of `cargo bench --bench peers`: answers JSON lines on standard input, one by one.

{"do": "open", "file", "threads"}   opens (or makes) the database; answers the versions
{"do": "load", "delivery", "audience"}  makes the tables from lists of [brand, Parquet file]
{"do": "run", "sql"}                runs a statement; answers {"ns", "n_rows"}
{"do": "ask", "sql"}                the same and also {"columns", "rows"}

Time is taken around execute and fetchall, so that fetching into Python's values is included.
Never measured here: sending the answer on, which happens after the clock has stopped.
"""

import datetime
import decimal
import json
import sys
import time

import duckdb

# Money and conversions are integers of millionths, as in Bellwether; counts stay as they are.
MICROS = {"conversions", "spend", "revenue", "refunds", "cogs"}
DELIVERY = [
    "impressions", "clicks", "video_views", "video_views_2s", "video_views_6s", "video_p25",
    "video_p50", "video_p75", "video_p100", "likes", "comments", "shares", "follows",
    "conversions", "spend", "revenue", "refunds", "cogs",
]
AUDIENCE = [
    "impressions", "clicks", "video_views", "likes", "comments", "shares", "follows",
    "conversions", "spend", "revenue", "refunds",
]


def measures(names):
    """The measures as BIGINT columns. The files have exact decimals of six places."""
    as_micros = "CAST({0} * 1000000 AS BIGINT) AS {0}"
    return ", ".join(as_micros.format(n) if n in MICROS else f"CAST({n} AS BIGINT) AS {n}" for n in names)


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def load(connection, table, files, texts, names):
    """One table in the order of Bellwether's segments: month, brand, campaign, day.

    Columns with few values are ENUMs, which DuckDB stores and compares as small integers.
    """
    parts = " UNION ALL ".join(
        f"SELECT {quoted(brand)} AS brand, * FROM read_parquet({quoted(file)})" for brand, file in files
    )
    for column in ["brand", "platform", "campaign", "country", "age", "gender"]:
        if column in texts or column in ("brand", "platform", "campaign"):
            connection.execute(
                f"CREATE TYPE {table}_{column} AS ENUM "
                f"(SELECT DISTINCT {column} FROM ({parts}) ORDER BY 1)"
            )
    keys = ", ".join(
        column if column in ("ad_group", "ad") else f"CAST({column} AS {table}_{column}) AS {column}"
        for column in ["brand", "platform", "campaign", *texts]
    )
    connection.execute(
        f"CREATE TABLE {table} AS SELECT date AS day, {keys}, {measures(names)} FROM ({parts}) "
        "ORDER BY date_trunc('month', date), brand, campaign, date"
    )


def plain(value):
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()[:10]
    if isinstance(value, decimal.Decimal):
        return str(value)
    return value


def timed(connection, sql):
    started = time.perf_counter_ns()
    rows = connection.execute(sql).fetchall()
    return time.perf_counter_ns() - started, rows


def opened(request):
    connection = duckdb.connect(request["file"])
    connection.execute(f"SET threads = {int(request['threads'])}")
    return connection


def answer(connection, request):
    if request["do"] == "load":
        started = time.perf_counter_ns()
        load(connection, "delivery", request["delivery"], ["ad_group", "ad"], DELIVERY)
        load(connection, "audience", request["audience"], ["country", "age", "gender"], AUDIENCE)
        connection.execute("CHECKPOINT")
        return {"ns": time.perf_counter_ns() - started}
    ns, rows = timed(connection, request["sql"])
    if request["do"] == "run":
        return {"ns": ns, "n_rows": len(rows)}
    columns = [column[0] for column in connection.description]
    return {"ns": ns, "columns": columns, "rows": [[plain(value) for value in row] for row in rows]}


def main():
    connection = None
    for line in sys.stdin:
        try:
            request = json.loads(line)
            if request["do"] == "open":
                connection = opened(request)
                said = {"duckdb": duckdb.__version__, "python": sys.version.split()[0]}
            else:
                said = answer(connection, request)
        except Exception as error:  # The bench shows it and ends.
            said = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(said), flush=True)


main()
