import { InputError } from '../../core/model/errors.ts'

/** Refusal of a bundle some of whose measurements have lost their bytes: it would leave them out without a trace. */
export const thinnedAway = (count: number): InputError =>
  new InputError(
    `Cannot write bundle: ${count} of its measurements were thinned: the archive no longer has their bytes, only their verdicts and log entries`,
    {
      code: 'bundle.thinned',
      path: '',
      expected: 'a period or an incident that was not thinned (docs/methods/thinning.md)',
    },
  )
