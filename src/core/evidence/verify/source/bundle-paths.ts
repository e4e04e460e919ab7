import type { EntryKind } from '../../../model/log-entry.ts'

// Where everything is in a bundle: docs/formats/bundle.md, "Files".

export const TAG_FILES = [
  'bagit.txt',
  'bag-info.txt',
  'manifest-sha512.txt',
  'tagmanifest-sha512.txt',
  'seal.json',
  'seal.tlog-proof',
  'seal.leaf',
  'seal.consistency',
] as const

/** Files of `data/` that every bundle has, by what they hold. */
export const AT = {
  index: 'data/bundle.json',
  measurements: 'data/measurements.jsonl',
  verdicts: 'data/verdicts.jsonl',
  observations: 'data/observations.jsonl',
  redactions: 'data/redactions.json',
  program: 'data/program.json',
  crate: 'data/ro-crate-metadata.json',
  how: 'data/VERIFY.md',
  keys: 'data/log/keys.txt',
  policy: 'data/log/policy.txt',
  checkpoint: 'data/log/checkpoint',
  leaves: 'data/log/leaves.txt',
} as const

/** Files that a bundle of an incident has besides. */
export const OF_INCIDENT = { incident: 'data/incident.json', derivation: 'data/derivation.json' } as const

/** Folders of what was logged, one file a leaf. */
export const LOGGED_FOLDERS: Readonly<Record<string, EntryKind>> = {
  raw: 'measurement',
  revisions: 'incident-revision',
  events: 'frozen-events',
  custody: 'custody-event',
}

const LOGGED = /^data\/(raw|revisions|events|custody)\/(0|[1-9]\d{0,15})\.json$/
const PROOF = /^data\/log\/proofs\/(0|[1-9]\d{0,15})\.tlog-proof$/
const OTHERS =
  /^data\/(?:exhibit(?:-kk|-ru)?\.pdf|VERIFY\.html|tables\/[a-z0-9._-]+|log\/stamped\/[0-9]+(?:\.checkpoint|\.consistency|-[a-z0-9_-]+\.ts[qr])|log\/authorities\/[a-z0-9_-]+\.pem)$/
const NAMED: ReadonlySet<string> = new Set([...Object.values(AT), ...Object.values(OF_INCIDENT)])

export const rawPath = (leaf: number): string => `data/raw/${leaf}.json`
/** What the file of a leaf is, by its path. */
export function loggedAt(path: string): { readonly leaf: number; readonly kind: EntryKind } | undefined {
  const [, folder = '', digits] = LOGGED.exec(path) ?? []
  const kind = LOGGED_FOLDERS[folder]
  return kind === undefined || digits === undefined ? undefined : { leaf: Number(digits), kind }
}

/** Leaf whose proof is at a path. */
export function provenAt(path: string): number | undefined {
  const digits = PROOF.exec(path)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** Whether a file of this path belongs to a bundle at all. */
export const belongs = (path: string): boolean =>
  NAMED.has(path) ||
  OTHERS.test(path) ||
  loggedAt(path) !== undefined ||
  provenAt(path) !== undefined ||
  TAG_FILES.some((name) => name === path)
