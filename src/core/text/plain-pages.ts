/** Pages that stand alone, by the last part of their address; every one is in the menu at the foot. */
export const PLAIN_PAGES = [
  'incidents',
  'explore',
  'map',
  'chronicle',
  'claims',
  'orders',
  'coincidence',
  'validation',
  'if-it-continues',
  'corrections',
  'subscribe',
  'method',
  'data',
  'verify',
  'probe',
  'mine',
  'safety',
  'mirrors',
  'phone',
  'about',
] as const
export type PlainPage = (typeof PLAIN_PAGES)[number]
