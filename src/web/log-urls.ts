/** Addresses of a served log, the same in every service that has one; routes are their patterns. */
export const logUrls = {
  /**
   * The newest checkpoint of the log, its keys, which witnesses have to sign, the proof that it holds a leaf, that
   * leaf.
   */
  logCheckpoint: (): string => '/log/checkpoint',
  logKeys: (): string => '/log/keys',
  logPolicy: (): string => '/log/policy',
  logProof: (leaf: number | string): string => `/log/proof/${leaf}`,
  logLeaf: (leaf: number | string): string => `/log/leaf/${leaf}`,
  /** Bytes of a logged entry that is not a measurement. */
  logEntry: (leaf: number | string): string => `/log/entry/${leaf}`,
  /** Where the log has a revision of an incident. */
  logRevision: (incident: string, revision: number | string): string => `/log/revision/${incident}/${revision}`,
} as const
