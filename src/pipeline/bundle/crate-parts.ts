import type { CratePart } from '../../core/evidence/bundle/ro-crate.ts'

/** What a catalogue says of the files and folders of `data/`; others are in none of these folders. */
const PARTS: readonly CratePart[] = [
  { path: 'VERIFY.md', name: 'How to verify by hand', media: 'text/markdown' },
  { path: 'VERIFY.html', name: 'Verification in a browser, offline', media: 'text/html' },
  { path: 'exhibit.pdf', name: 'The finding on at most five pages', media: 'application/pdf' },
  { path: 'exhibit-kk.pdf', name: 'The finding, in Kazakh', media: 'application/pdf' },
  { path: 'exhibit-ru.pdf', name: 'The finding, in Russian', media: 'application/pdf' },
  { path: 'bundle.json', name: 'What the bundle is', media: 'application/json' },
  { path: 'measurements.jsonl', name: 'Index of measurements', media: 'application/jsonl' },
  { path: 'verdicts.jsonl', name: 'What was judged of each measurement', media: 'application/jsonl' },
  { path: 'observations.jsonl', name: 'What each measurement observed', media: 'application/jsonl' },
  { path: 'incident.json', name: 'The incident, every revision', media: 'application/json' },
  { path: 'derivation.json', name: 'What the incident is derived from', media: 'application/json' },
  { path: 'redactions.json', name: 'What was taken out', media: 'application/json' },
  { path: 'program.json', name: 'The program', media: 'application/json' },
  { path: 'raw/', name: 'Measurements, public form' },
  { path: 'revisions/', name: 'Revisions as logged' },
  { path: 'events/', name: 'Pre-registered lists of events as logged' },
  { path: 'custody/', name: 'Events of custody as logged' },
  { path: 'tables/', name: 'Tables that verdicts and incident rest on' },
  { path: 'log/', name: 'Log: keys, checkpoint, proofs, time stamps' },
]

/** Parts that are there, of the paths of a bag. */
export const describeParts = (paths: readonly string[]): readonly CratePart[] =>
  PARTS.filter(({ path }) =>
    paths.some((one) => (path.endsWith('/') ? one.startsWith(`data/${path}`) : one === `data/${path}`)),
  )
