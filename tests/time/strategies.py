"""Wild times for the tests: all zones there are, and dates of 2024 to 2040."""

from datetime import UTC, date, datetime, time
from zoneinfo import available_timezones

from hypothesis import strategies as st

FIRST, LAST = date(2024, 1, 1), date(2040, 12, 31)

zones = st.sampled_from(sorted(available_timezones() - {"Factory", "localtime", "posixrules"}))
dates = st.dates(FIRST, LAST)
# Clocks change on quarter hours, most of them at night.
times = st.builds(time, st.one_of(st.integers(0, 3), st.integers(0, 23)), st.sampled_from((0, 15, 30, 45)))
walls = st.builds(datetime.combine, dates, times)
instants = walls.map(lambda wall: wall.replace(tzinfo=UTC))
