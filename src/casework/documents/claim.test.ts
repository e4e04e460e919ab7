import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { emptyCase, fullCase, paperText, wholePaper } from '../../../test/kit/evening/sample-case.ts'
import type { CaseFile, CaseRecord } from '../case/case-form.ts'
import { parseDay } from '../deadlines/calendar.ts'
import { viewCase } from './case-view.ts'
import { claimPaper } from './claim.ts'

const claimOf = (file: CaseFile, lang: 'kk' | 'ru' = 'ru'): string =>
  paperText(wholePaper(claimPaper(viewCase(file, lang), lang)))
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

const PER_RESPONDENT = '____ (не указано: требования к каждому ответчику)'
const BY_LAW =
  'признать незаконной часть нормативного правового акта: ____ (не указано: номер акта), ____ (не указано: дата акта и оспариваемая часть);'

describe('the prayer of a claim', () => {
  it('asks to review an act that was named, by its number, and to hand over the act, which is not enclosed', () => {
    assert.deepEqual(prayerOf(answered(ACT)), [
      'проверить законность акта: 25-1, 1\u00a0марта 2026\u00a0г.;',
      BY_LAW,
      'истребовать акт, которым ограничен доступ, либо сведения о том, что такой акт не принимался;',
      'приобщить к делу пакет данных и исследовать его с участием специалиста;',
      '‹asked›',
      PER_RESPONDENT,
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
      PER_RESPONDENT,
    ])
  })

  it('asks nothing of the court outside its own section', () => {
    for (const says of ['act-named', 'no-act', 'refused'] as const)
      assert.doesNotMatch(claimOf(answered({ says })).split('## Прошу суд')[0] ?? '', /просит суд/)
  })

  it('asks to restore the deadline where the safe day of every claim was over, and leaves the reasons blank', () => {
    const full = fullCase()
    const at = (day: string): CaseFile => ({
      ...full,
      journal: { ...full.journal, last: { ...full.journal.last, at_utc: `${day}T08:00:00Z` } },
    })
    // The complaint was answered on 10 April 2026: one month ends on Sunday, 10 May, and the safe day is the 8th.
    assert.doesNotMatch(claimOf(at('2026-05-08')), /и восстановить его/)
    const late = claimOf(at('2026-05-09'))
    assert.match(late, /____ \(не указано: причины, по которым срок[^]*после последнего дня самого короткого срока/)
    assert.match(late, /1\. если суд сочтёт срок пропущенным, признать причины уважительными и восстановить его;/)
    assert.match(claimOf(at('2026-05-09'), 'kk'), /оны қалпына келтіруді;/)
    assert.doesNotMatch(claimOf(emptyCase()), /и восстановить его/)
  })

  it('challenges a by-law only where the author says when they learned that it violates a right', () => {
    const full = fullCase()
    const { 'by-law-learned': _, ...answers } = full.answers
    assert.match(claimOf(full), /нормативного правового акта: ____[^]*не приостанавливает их действие/)
    assert.doesNotMatch(claimOf({ ...full, answers }), /часть нормативного правового акта|приостанавливает их действие/)
  })

  it('asks a person for birth and a representative’s address, an organisation for its bank, and leaves them blank', () => {
    const full = fullCase()
    assert.match(claimOf(full), /Дата рождения: 28\sфевраля\s1961[^]*место рождения[^]*адрес представителя/)
    const kind = { value: 'organisation', by: 'author', on: parseDay('2026-04-10') }
    const text = claimOf({ ...full, answers: { ...full.answers, 'author-kind': kind } })
    assert.match(text, /банковские реквизиты, место нахождения/)
    assert.doesNotMatch(text, /место рождения, вписывается/)
  })
})

describe('the terms of a claim', () => {
  it('are named with the day that each is counted from', () => {
    const text = claimOf(fullCase())
    assert.match(text, /Жалоба в досудебном порядке\. Стало известно об ограничении: 6\sмарта\s2026\sг\. \|/)
    assert.match(text, /Иск в суд после ответа на жалобу\. Получен ответ на жалобу: 10\sапреля\s2026\sг\. \|/)
  })
})
