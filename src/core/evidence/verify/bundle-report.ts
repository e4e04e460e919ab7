/** Steps of the verification of a bundle, in their order (docs/formats/bundle.md, "Verification"). */
export const BUNDLE_STEPS = [
  'container',
  'bag',
  'list',
  'files',
  'description',
  'checkpoint',
  'witnesses',
  'inclusion',
  'seal',
  'time',
  'custody',
  'complete',
  'withheld',
  'verdicts',
  'incident',
  'weight',
  'published',
  'events',
] as const
export type BundleStep = (typeof BUNDLE_STEPS)[number]

/** Everything that can be wrong with a bundle. */
export const BUNDLE_PROBLEMS = [
  // container
  'unreadable',
  'path',
  'link',
  'same-name',
  'too-many-files',
  'too-large',
  'too-deep',
  'zip-form',
  'zip-compressed',
  'zip-encrypted',
  'zip-gap',
  'zip-overlap',
  'zip-differs',
  'zip-folder',
  // bag, list, files
  'missing-file',
  'file-form',
  'fetch',
  'oxum',
  'listed-twice',
  'not-listed',
  'listed-missing',
  'foreign',
  'changed',
  // description
  'not-agreeing',
  'future',
  // checkpoint, witnesses
  'no-signature',
  'bad-signature',
  'unknown-key',
  'origin',
  'quorum',
  // inclusion, seal
  'no-proof',
  'no-leaf',
  'leaf-differs',
  'not-in-log',
  'proof-checkpoint',
  'not-consistent',
  'seal-differs',
  // time
  'stamp-refused',
  'received-after',
  'root-untrusted',
  // custody
  'chain',
  'erased-silently',
  // complete
  'left-out',
  'count',
  // withheld
  'opening-differs',
  // verdicts, incident, weight, published
  'verdict-differs',
  'observations-differ',
  'not-judged',
  'not-derived',
  'tables-differ',
  'inputs-differ',
  'incident-differs',
  'weight-differs',
  'published-differs',
  'revision-differs',
  // events
  'events-digest',
] as const
export type BundleProblem = (typeof BUNDLE_PROBLEMS)[number]

/** Why a step, or a part of it, was not checked, and what a reader has to know of one that was. */
export const BUNDLE_NOTES = [
  'unread',
  'simulated',
  'no-trust',
  'no-incident',
  'withdrawn',
  'not-weighed',
  'successor',
  'no-judge',
  'too-many',
  'no-tool',
  'no-witnesses',
  'own-policy',
  'no-stamps',
  'not-covered',
  'no-root',
  'other-root',
  'form-changed',
  'no-events',
  'no-custody',
  'people-none',
  'people-disputed',
  'people-held',
  'people-withdrawn',
  'erased',
  'read-withheld',
  'settled',
  'rules',
  'own-roots',
  'unknown-root',
  'own-tables',
  'other-tables',
  'other-settings',
  'stated-others',
  'chosen',
  'twice',
  'early',
  'after-period',
  'logged-late',
  'given-up',
] as const
export type BundleNote = (typeof BUNDLE_NOTES)[number]

/** What a step found, with the names of the figures and texts that its sentence needs. Texts are hostile. */
export const BUNDLE_FACTS = {
  container: ['kind', 'name', 'files', 'bytes'],
  bag: ['name', 'date'],
  list: ['count'],
  files: ['count'],
  description: ['measurements'],
  checkpoint: ['origin', 'size'],
  'signed-by': ['key', 'id', 'name'],
  'trusted-by': ['name', 'id'],
  cosigned: ['name', 'at'],
  inclusion: ['count', 'size'],
  seal: ['madeAt', 'key'],
  stamp: ['authority', 'at', 'size', 'root', 'sha256'],
  since: ['at', 'size'],
  custody: ['count', 'keys'],
  complete: ['named', 'held'],
  withheld: ['count', 'measurements', 'opened'],
  verdicts: ['count'],
  incident: ['count'],
  'shown-no-longer': ['count'],
  weight: ['word', 'ratio'],
  published: ['count'],
  events: ['count'],
} as const
export type BundleFact = keyof typeof BUNDLE_FACTS

/** Numbers are counts, sizes, ratios, or instants (`at`, `madeAt`). */
export type FactValues<Fact extends BundleFact> = Readonly<Record<(typeof BUNDLE_FACTS)[Fact][number], string | number>>

/** A fact with its values. */
export type FoundFact<Facts extends BundleFact = BundleFact> = {
  readonly [Fact in Facts]: { readonly fact: Fact; readonly values: FactValues<Fact> }
}[Facts]

export interface FoundProblem {
  readonly problem: BundleProblem
  /** A path, a leaf, a key, a field: what it is about. Hostile text, to be made printable. */
  readonly about?: string
}

export interface CheckedStep {
  readonly step: BundleStep
  readonly outcome: 'ok' | 'failed' | 'not-checked'
  /** The first problems, at most `MOST_SHOWN`. */
  readonly problems: readonly FoundProblem[]
  /** How many there are. */
  readonly problemCount: number
  readonly notes: readonly { readonly note: BundleNote; readonly about?: string }[]
  readonly facts: readonly FoundFact[]
}

/** Problems of one step that are kept with what they are about; the others are counted. */
export const MOST_SHOWN = 20

export interface CheckedBundle {
  readonly steps: readonly CheckedStep[]
  /** No step failed. Steps that were not checked say so. */
  readonly sound: boolean
}

const hasNote = (steps: readonly CheckedStep[], step: BundleStep, wanted: BundleNote): boolean =>
  steps.some((one) => one.step === step && one.notes.some(({ note }) => note === wanted))

/** Whether a bundle concludes nothing: it holds measurements alone, each with its verdict. */
export const isOfMeasurements = (steps: readonly CheckedStep[]): boolean => hasNote(steps, 'incident', 'no-incident')

/** Whether the incident of a bundle is withdrawn. */
export const isWithdrawn = (steps: readonly CheckedStep[]): boolean => hasNote(steps, 'description', 'withdrawn')

const CONCLUDING: readonly BundleStep[] = ['verdicts', 'incident', 'weight', 'published']
/** Notes of a step for which there was nothing to derive. */
const NOTHING: readonly BundleNote[] = ['no-incident', 'not-weighed']

/**
 * What stayed open of what follows from the measurements, since a step that derives it again was not made though there is
 * something to derive: each verdict of measurements alone, the conclusion of an incident.
 */
export function leftOpen(steps: readonly CheckedStep[]): 'nothing' | 'verdicts' | 'conclusion' {
  const open = steps.some(
    ({ step, outcome, notes }) =>
      outcome === 'not-checked' && CONCLUDING.includes(step) && !notes.some(({ note }) => NOTHING.includes(note)),
  )
  if (!open) return 'nothing'
  return isOfMeasurements(steps) ? 'verdicts' : 'conclusion'
}
