/**
 * Why a server is not in full service. `space_reserved`: only invited and known keys may add measurements.
 * `space_none`: no one may. `write_failed`: the disk refused the last write. `read_only`: the server opened its folder
 * without writing to it. `clock_back`: the clock is behind times that are on the disk. `log_stalled`: the log could not
 * take in what is new. `record_damaged`: a file of the record is damaged, and an earlier version is shown.
 * `reviews_damaged`: an event of the log cannot be read, so that an act of a person on an incident may be missing.
 * `others_damaged`: a file of what others measured is set aside. `copied`: the folder is a copy, which must not sign the
 * log. `standby`: another machine signs it. `edge_silent`: an edge that is followed gives nothing, or something that its
 * log did not sign. `shipping_late`: what came in is not on the object storage. `warehouse_away`: the server of the
 * warehouse does not answer; what is accepted is judged when it does.
 */
export const HEALTH_REASONS = [
  'read_only',
  'write_failed',
  'space_none',
  'space_reserved',
  'clock_back',
  'log_stalled',
  'record_damaged',
  'reviews_damaged',
  'others_damaged',
  'copied',
  'standby',
  'edge_silent',
  'shipping_late',
  'warehouse_away',
  'stale',
] as const
export type HealthReason = (typeof HEALTH_REASONS)[number]

/** With these no measurement is accepted: the server is not ready. With the others it works, and an operator should look. */
export const CLOSING_REASONS: readonly HealthReason[] = [
  'read_only',
  'write_failed',
  'space_none',
  'clock_back',
  'copied',
  'standby',
  'stale',
]
