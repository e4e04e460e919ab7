import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { emptyCase, fullCase, paperText } from '../../../test/kit/sample-case.ts'
import type { CaseFile, CaseRecord } from '../case/case-form.ts'
import { parseDay } from '../deadlines/calendar.ts'
import { viewCase } from './case-view.ts'
import { claimPaper } from './claim.ts'

const claimOf = (file: CaseFile, lang: 'kk' | 'ru' = 'ru'): string => paperText(claimPaper(viewCase(file, lang), lang))
/** What the court is asked, item by item. */
const prayerOf = (file: CaseFile): readonly string[] =>
  (claimOf(file).split('## Прошу суд\n\n')[1]?.split('\n\n')[0] ?? '').split('\n').map((line) => line.slice(3))
/** The full case with other answers to its one answered request, and no silence. */
const answered = (change: Partial<CaseRecord>): CaseFile => {
  const full = fullCase()
  const records = full.records
    .filter(({ kind }) => kind !== 'silence')
    .map((one) => (one.kind === 'answer' ? { ...one, ...change } : one))
  return { ...full, records }
}
const ACT = { says: 'act-named', act_number: '25-1', act_day: parseDay('2026-03-01') } as const

describe('the prayer of a claim', () => {
  it('asks to review an act that was named, by its number, and to hand over the act, which is not enclosed', () => {
    assert.deepEqual(prayerOf(answered(ACT)), [
      'проверить законность акта: 25-1, 1\u00a0марта 2026\u00a0г.;',
      'истребовать акт, которым ограничен доступ, либо сведения о том, что такой акт не принимался;',
      'приобщить к делу пакет данных и исследовать его с участием специалиста;',
      '‹asked›',
    ])
  })

  it('does not ask for an act that is enclosed, and reviews one that is named and enclosed once', () => {
    const file = answered(ACT)
    const { says: _, ...act } = ACT
    const records = file.records.map((one) =>
      one.kind === 'authorisation' ? { ...one, ...act, kind: 'act' as const } : one,
    )
    const asked = prayerOf({ ...file, records })
    assert.equal(asked.filter((one) => one.includes('25-1')).length, 1)
    assert.ok(!asked.some((one) => one.startsWith('истребовать')))
  })

  it('reviews no act where there was said to be none, and takes no bundle in where there is none', () => {
    const none = prayerOf(answered({ says: 'no-act' }))
    assert.ok(none.includes('установить, на каком основании доступ прерывался;'))
    assert.ok(!none.some((one) => one.startsWith('проверить')))
    assert.deepEqual(prayerOf(emptyCase()), [
      'истребовать акт, которым ограничен доступ, либо сведения о том, что такой акт не принимался;',
      '____ (не указано: о чём просит заявитель)',
    ])
  })

  it('asks nothing of the court outside its own section', () => {
    for (const says of ['act-named', 'no-act', 'refused'] as const)
      assert.doesNotMatch(claimOf(answered({ says })).split('## Прошу суд')[0] ?? '', /просит суд/)
  })

  it('asks to restore the term where the last day of every term of a claim was over, and leaves the reasons blank', () => {
    const full = fullCase()
    const at = (day: string): CaseFile => ({
      ...full,
      journal: { ...full.journal, last: { ...full.journal.last, at_utc: `${day}T08:00:00Z` } },
    })
    // The complaint was answered on 10 April 2026; three months end on 10 July.
    assert.doesNotMatch(claimOf(at('2026-07-10')), /восстановить/)
    const late = claimOf(at('2026-07-13'))
    assert.match(late, /составлен после последнего дня срока[^]*____ \(не указано: причины, по которым срок пропущен/)
    assert.match(late, /1\. если суд сочтёт срок пропущенным, признать причины уважительными и восстановить его;/)
    assert.match(claimOf(at('2026-07-13'), 'kk'), /оны қалпына келтіруді;/)
    assert.doesNotMatch(claimOf(emptyCase()), /восстановить/)
  })
})

describe('the terms of a claim', () => {
  it('are named with the day that each is counted from', () => {
    const text = claimOf(fullCase())
    assert.match(text, /Жалоба в досудебном порядке\. Стало известно об ограничении: 6\sмарта\s2026\sг\. \|/)
    assert.match(text, /Иск в суд после ответа на жалобу\. Получен ответ на жалобу: 10\sапреля\s2026\sг\. \|/)
  })
})
