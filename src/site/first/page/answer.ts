import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatDateTime } from '../../../core/text/time.ts'
import type { FirstView } from './shown.ts'

/** The heading: a sentence about the reader's own network, or about all of them. */
export function answerText(lang: Lang, { answer, own }: FirstView): string {
  const scope = own === undefined ? 'all' : 'here'
  switch (answer.kind) {
    case 'empty':
    case 'stale':
      return say(lang, `board.${answer.kind}`)
    case 'open':
    case 'quiet':
    case 'unkn':
    case 'none':
      return say(lang, `board.${scope}.${answer.kind}`)
    case 'state': {
      const { state, services } = answer
      const [service = ''] = services
      return services.length === 1
        ? say(lang, `board.${scope}.${state}`, { service })
        : say(lang, `board.${scope}.${state}-many`, { services: services.join(', ') })
    }
  }
}

const list = (
  lang: Lang,
  key: 'board.unmeasured' | 'board.undetermined' | 'board.shut-elsewhere',
  services: readonly string[],
): string => (services.length === 0 ? '' : say(lang, key, { services: services.join(', ') }))

/** What is below the heading; empty where nothing more can be said. Each sentence only where the data carry it. */
export function answerLead(lang: Lang, view: FirstView): string {
  const { answer, own } = view
  switch (answer.kind) {
    case 'empty':
    case 'open':
      return ''
    case 'none':
      return [
        own === undefined ? '' : say(lang, 'check.end-about.unknown'),
        list(lang, 'board.shut-elsewhere', answer.elsewhere),
      ]
        .filter((sentence) => sentence !== '')
        .join(' ')
    case 'stale':
      return say(lang, 'board.stale-about', { at: formatDateTime(lang, answer.latest) })
    case 'quiet':
    case 'unkn':
      return [list(lang, 'board.undetermined', answer.undetermined), list(lang, 'board.unmeasured', answer.unmeasured)]
        .filter((sentence) => sentence !== '')
        .join(' ')
    case 'state':
      return [
        own === undefined ? networksText(lang, view) : answer.seenByOthers ? say(lang, 'board.not-only-you') : '',
        answer.others === 'all'
          ? say(lang, 'board.others-open')
          : answer.others === 'some'
            ? say(lang, 'board.most-open')
            : '',
      ]
        .filter((sentence) => sentence !== '')
        .join(' ')
  }
}

/** On how many networks the service of the heading is restricted; of several services nothing, the rows say it. */
function networksText(lang: Lang, { answer, rows }: FirstView): string {
  if (answer.kind !== 'state' || answer.services.length !== 1) return ''
  const row = rows.find(({ name }) => name === answer.services[0])
  if (row?.networks === undefined) return ''
  const { count, total } = row.networks
  return say(lang, 'board.networks', { count, total })
}
