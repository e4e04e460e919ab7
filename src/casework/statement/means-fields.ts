/** What only whoever measured can say; every one that is absent is a visible blank. */
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
