/** What only the person who measured can say; every absent one is a visible blank. */
export const MEANS_FIELDS = [
  'who',
  'purpose',
  'device',
  'source',
  'binary',
  'contract',
  'place',
  'clock',
  'conditions',
  'actions',
  'declaration',
] as const
export type MeansField = (typeof MEANS_FIELDS)[number]
