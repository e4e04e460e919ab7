# %% [markdown]
# # One month from its public file
#
# This notebook counts one service on one network by day from the file of a month (docs/formats/datasets.md), as the page
# Explore does. It is for researchers who want to begin with the files. You need Python 3.9 or newer and nothing else.
# Run it as a script, or open it as a notebook (Jupytext, VS Code and Spyder read this form).
#
#     curl -O https://SITE/data/SHA256SUMS
#     curl -O https://SITE/data/files/kuager-measurements-2026-10-v1.csv.gz
#     python3 month.py SHA256SUMS kuager-measurements-2026-10-v1.csv.gz youtube 9198

# %%
import csv
import gzip
import hashlib
import json
import os
import sys
from collections import defaultdict
from datetime import datetime, timedelta

sums, path, service, network = sys.argv[1:5]

# %% [markdown]
# ## Is it the published file?
#
# Its checksum is in the list of checksums, and on the page of data.

# %%
with open(path, 'rb') as file:
    checksum = hashlib.sha256(file.read()).hexdigest()
with open(sums, encoding='utf-8') as file:
    published = dict(reversed(line.split()) for line in file)

# %% [markdown]
# ## Verdicts and devices by day
#
# Days are those of Astana: five hours before UTC since March 2024. A measurement that was not judged does not count. A
# device is counted once a day, by its pseudonym. A day that is missing has no data, which is not the same as "works".

# %%
ASTANA = timedelta(hours=5)
days = defaultdict(lambda: defaultdict(int))
devices = defaultdict(set)
simulated = False
with gzip.open(path, 'rt', encoding='utf-8', newline='') as file:
    for row in csv.DictReader(file):
        simulated = simulated or row['simulated'] == 'true'
        if row['service'] != service or row['probe_asn'] != network or row['kind'] == 'not-judged':
            continue
        start = datetime.fromisoformat(row['started_at_utc'].replace('Z', '+00:00'))
        day = (start + ASTANA).strftime('%Y-%m-%d')
        days[day][row['kind']] += 1
        if row['probe'] != '':
            devices[day].add(row['probe'])

# %%
print(json.dumps({
    'published': published.get(os.path.basename(path)) == checksum,
    'simulated': simulated,
    'days': {day: {**days[day], 'devices': len(devices[day])} for day in sorted(days)},
}))
