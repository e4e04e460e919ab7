import type { KeyRow } from '../../store/registry/contract.ts'

/** A key is known after so many days, on so many of which it came from the network it claims. */
export const KNOWN_AFTER_DAYS = 7
export const KNOWN_MATCHED_DAYS = 3

/** Whether a key that is not revoked has been here long enough, or was vouched for by one that had. */
export const isKnownKey = (row: KeyRow, today: number): boolean =>
  row.grade === 'trusted' || (today - row.bornOn >= KNOWN_AFTER_DAYS && row.matchedDays >= KNOWN_MATCHED_DAYS)
