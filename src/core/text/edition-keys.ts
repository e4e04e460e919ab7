// Words of what came between the revisions of an incident: later measurements, bundles of an earlier revision.

/** Keys of this area's words. */
export type EditionKey =
  | 'edition.later'
  | 'edition.later-left-out'
  | 'edition.later-withdrawn'
  | 'edition.withdrawn-held'
  | 'edition.former'
  | 'edition.running'
  | 'edition.bundle-of'
  | 'edition.bundle-older'
  | `edition.field.${'share' | 'readings' | 'cause' | 'people'}`
  | 'edition.percent'
  | 'edition.unchanged'
  | 'edition.no-method'
  | 'edition.no-method-about'
  | 'edition.silent'
  | 'edition.simulated-present'
