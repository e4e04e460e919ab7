import { instant } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import { formatDateTime } from '../../../core/text/time.ts'
import type { UpdateState } from '../../../probe/update/update-state.ts'
import { packageVersion } from '../../../runtime/files/package-root.ts'
import type { World } from '../../../runtime/world.ts'
import type { Asked } from '../options.ts'
import { updatable } from './built.ts'

/** What a probe's owner reads about updates, as sentences. */
export function updateLines(
  { lang, settings }: Pick<Asked, 'lang' | 'settings'>,
  { looked, failed }: UpdateState,
  { env }: Pick<World, 'env'>,
): readonly string[] {
  const found = updatable(env)
  if (found.kind !== 'one-file') return [say(lang, `probe.update.${found.kind}`)]
  const version = packageVersion()
  const lines = [
    say(lang, settings.autoUpdate === true ? 'probe.status.update-on' : 'probe.status.update-off', { version }),
  ]
  if (looked !== undefined) {
    const date = formatDateTime(lang, instant(Date.parse(looked.at_utc)))
    const about = { date, version: looked.version ?? '' }
    lines.push(say(lang, `probe.status.update-${looked.outcome}`, about))
  }
  const last = failed.at(-1)
  if (last !== undefined) lines.push(say(lang, 'probe.status.update-back', { version: last.version }))
  return lines
}
