import { join } from 'node:path'
import { defined } from '../../core/model/defined.ts'
import { PLAIN_FRAME, type Frame } from '../../web/html/frame.ts'
import { loadOperator, operatorMissing } from '../../runtime/tables/operator.ts'

/** Where a site is found and who runs it, as its operator says. */
export interface FrameSettings {
  /** File that says who runs it; absent: `about.json` of the folder. */
  readonly about?: string
  readonly origin?: string
  readonly onion?: string
  readonly mirrors: readonly string[]
}

/** The frame of a live site. Throws InputError where a public one does not say who runs it, or says it in a wrong form. */
export function liveFrame(
  { about, origin, onion, mirrors }: FrameSettings,
  site: { readonly folder: string; readonly isPublic: boolean },
): Frame {
  const file = about ?? join(site.folder, 'about.json')
  const operator = loadOperator(file)
  if (operator === undefined && (site.isPublic || about !== undefined)) throw operatorMissing(file)
  return {
    ...PLAIN_FRAME,
    mirrors,
    ...defined({ origin, onion, operator }),
  }
}
