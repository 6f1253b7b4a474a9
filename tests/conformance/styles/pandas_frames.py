"""Data analysis: frames in and out, by value."""

CELLS = [
    (
        "given",
        "import numpy as np\nimport pandas as pd\nfrom pandas.testing import assert_frame_equal, assert_series_equal",
    ),
    (
        "solution",
        """
def by_city(frame):
    return frame.groupby("city")["sales"].sum()

def clean(frame):
    return frame.dropna().reset_index(drop=True)

def add_total(frame):
    frame = frame.copy()
    frame["total"] = frame["a"] + frame["b"]
    return frame

def newest(frame):
    return frame.sort_values("date").iloc[-1]["name"]

table = pd.DataFrame({"x": [1, 2, 3], "y": list("abc")}, index=["r", "s", "t"])
""",
        """
def by_city(frame): return frame
def clean(frame): return frame
def add_total(frame): return frame
def newest(frame): return None
table = pd.DataFrame({"x": [1]})
""",
    ),
    (
        "test",
        2,
        'f = pd.DataFrame({"city": ["a", "b", "a"], "sales": [1.0, 2.0, 3.0]})\nwant = pd.Series([4.0, 2.0], index=pd.Index(["a", "b"], name="city"), name="sales")\nassert_series_equal(by_city(f), want)',
    ),
    (
        "test",
        2,
        'f = pd.DataFrame({"x": [1.0, np.nan, 3.0]})\ngot = clean(f)\nassert isinstance(got, pd.DataFrame)\nassert_frame_equal(got, pd.DataFrame({"x": [1.0, 3.0]}))',
    ),
    (
        "test",
        1,
        'f = pd.DataFrame({"a": [1, 2], "b": [3, 4]})\nassert list(add_total(f)["total"]) == [4, 6]\nassert "total" not in f.columns',
    ),
    (
        "test",
        1,
        'f = pd.DataFrame({"date": pd.to_datetime(["2024-01-02", "2023-05-01"]), "name": ["n", "o"]})\nassert newest(f) == "n"',
    ),
    (
        "test",
        1,
        'assert table.shape == (3, 2) and table.loc["s", "y"] == "b" and list(table.columns) == ["x", "y"]\nassert table["x"].mean() == 2',
    ),
]
