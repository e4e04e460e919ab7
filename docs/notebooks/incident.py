# %% [markdown]
# # One incident from its public files
#
# This notebook reads the two files that every incident page offers and computes from them the figures that the page
# states. It is for researchers who want to check a figure before they quote it. You need Python 3.9 or newer and
# nothing else. Run it as a script, or open it as a notebook (Jupytext, VS Code and Spyder read this form).
#
#     curl -o incident.json https://SITE/api/v1/incident/ID
#     curl -o measurements.csv https://SITE/api/v1/incident/ID/measurements.csv
#     python3 incident.py incident.json measurements.csv

# %%
import csv
import json
import sys
from datetime import datetime, timedelta

with open(sys.argv[1], encoding='utf-8') as file:
    incident = json.load(file)
with open(sys.argv[2], encoding='utf-8', newline='') as file:
    rows = sorted(csv.DictReader(file), key=lambda row: row['started_at_utc'])

FAILED = ('interfered', 'unreachable')

# %% [markdown]
# ## Which measurements
#
# The incident names its measurements by id. The table has one row for each of them that the series of the incident holds.

# %%
named = set(incident['measurements'])
table = {row['id'] for row in rows}

# %% [markdown]
# ## The bracket of the start
#
# The start is between two bursts: the last one that passed and the first one that failed. A burst is every measurement
# of one device within ten minutes from its first, and has the time of that one (docs/methods/detecting.md, part 1). An
# incident whose start is open, because the series begins inside, has no bracket. Where some measurements pass inside an
# incident, the published bracket follows the most probable path and may differ from this simple one.

# %%
BURST = timedelta(minutes=10)


def time_of(row):
    return datetime.fromisoformat(row['started_at_utc'].replace('Z', '+00:00'))


bursts = []
latest = {}
for row in rows:
    burst = latest.get(row['probe'])
    if burst is None or time_of(row) - time_of(burst[0]) > BURST:
        burst = latest[row['probe']] = []
        bursts.append(burst)
    burst.append(row)

bracket = incident['start'].get('bracket_utc')
failed = [row['started_at_utc'] for row in rows if row['kind'] in FAILED]
first_failed = min((burst[0]['started_at_utc'] for burst in bursts if burst[0]['kind'] in FAILED), default=None)
last_passed = max(
    (
        burst[0]['started_at_utc']
        for burst in bursts
        if burst[0]['kind'] == 'reachable' and first_failed is not None and burst[0]['started_at_utc'] < first_failed
    ),
    default=None,
)

# %% [markdown]
# ## How much failed inside
#
# Inside is from the first failure to the last one. A device is counted once, by its pseudonym.

# %%
inside = [row for row in rows if failed and min(failed) <= row['started_at_utc'] <= max(failed)]
devices = {row['probe'] for row in inside}
devices_failed = {row['probe'] for row in inside if row['kind'] in FAILED}

# %%
print(json.dumps({
    'named': len(named),
    'in_table': len(named & table),
    'not_named': len(table - named),
    'bracket_stated': bracket,
    'bracket_computed': [last_passed, first_failed],
    'readings_stated': incident['readings'],
    'rows_inside': len(inside),
    'probes_stated': incident['probes'],
    'devices_inside': len(devices),
    'probes_failed_stated': incident['probes_failed'],
    'devices_failed': len(devices_failed),
}))
