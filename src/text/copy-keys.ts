type Step = 'note' | 'signature' | 'key' | 'list' | 'files' | 'others' | 'age'
type Problem =
  | 'no-note'
  | 'note-form'
  | 'bad-signature'
  | 'no-signature'
  | 'unknown-key'
  | 'no-trust'
  | 'no-list'
  | 'list-form'
  | 'list-changed'
  | 'missing'
  | 'changed'
  | 'too-large'
  | 'extra'
  | 'no-file'
  | 'future'

/** Words of a copy of the site: of files, and of one file. */
export type CopyKey =
  | 'copy.title'
  | 'copy.away'
  | 'copy.gone'
  | `copy.step.${Step}`
  | `copy.outcome.${'ok' | 'failed' | 'not-checked'}`
  | `copy.problem.${Problem}`
  | 'copy.more'
  | 'copy.age'
  | 'copy.signed-by'
  | 'copy.sound'
  | 'copy.wanting'
