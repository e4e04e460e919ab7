import { defined } from '../../core/model/defined.ts'
import type { Order } from '../../core/model/tables/record.ts'
import { InputError } from '../../core/model/errors.ts'
import { say } from '../../core/text/format.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import type { CaseFile, CaseRecord } from './case-form.ts'
import { requestsOf } from './occurrences.ts'

/**
 * An entry for the record of acts (docs/formats/record.md) from a request of the case with its answer, or with the
 * silence: an answer that did not come is absent there, and the day of the request stands alone. It holds no name, no
 * word and no id of the case; its source is not marked as read, because the person who publishes it must read the
 * document first.
 * Throws InputError for an id that is no request.
 */
export function orderOf(file: CaseFile, requestId: string): Order {
  const state = requestsOf(file).find(({ request }) => request.id === requestId)
  if (state === undefined)
    throw new InputError(`Cannot write an entry: "${requestId}" is no request of the case`, {
      code: 'case.request',
      path: '--export-order',
      expected: 'an answer or a silence with --about',
    })
  const { request, reply } = state
  const answer = reply?.kind === 'answer' ? reply : undefined
  const named = answer?.says === 'act-named' ? answer : undefined
  return {
    id: `request-${request.addressee ?? 'ministry'}-${request.day}`,
    scope: [...new Set(file.records.flatMap(({ bundle }) => bundle?.incident?.service_id ?? []))],
    title: inEach((lang) => titleOf(file, lang)),
    ...defined({ number: named?.act_number, at: named?.act_day }),
    textHeld: file.records.some(({ kind, held }) => kind === 'act' && held !== undefined),
    requestedOn: request.day,
    ...(answer === undefined ? {} : { answeredOn: answer.day, answer: inEach((lang) => answerWords(answer, lang)) }),
    source: {
      title: `${say('kk', `document.addressee.${request.addressee ?? 'ministry'}`)}, ${yearOf(reply ?? request)}`,
      checked: false,
    },
  }
}

const inEach = (words: (lang: Lang) => string): Record<Lang, string> => {
  const [kk, ru, en] = LANGS.map(words)
  return { kk: kk ?? '', ru: ru ?? '', en: en ?? '' }
}

const yearOf = ({ day }: CaseRecord): string => day.slice(0, 4)

const answerWords = ({ says }: CaseRecord, lang: Lang): string => say(lang, `document.answer.${says ?? 'other'}`)

function titleOf({ records }: CaseFile, lang: Lang): string {
  const request = say(lang, 'document.record.request')
  const services = [...new Set(records.flatMap(({ bundle }) => bundle?.incident?.service ?? []))]
  return services.length === 0
    ? request
    : `${request}. ${say(lang, 'document.incident.service')}: ${services.join(', ')}`
}
