#!/bin/sh
# Stops the probe, deletes keys, queue, settings and consent, then the program itself.
to="$HOME/Applications/kuager-probe"
"$to/kuager-probe" forget --yes || exit 1
rm -rf "$to"
