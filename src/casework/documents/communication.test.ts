import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { emptyCase, fullCase, paperText } from '../../../test/kit/evening/sample-case.ts'
import type { CaseFile, CaseRecord } from '../case/case-form.ts'
import { parseDay } from '../deadlines/calendar.ts'
import { viewCase } from './case-view.ts'
import { communicationPaper } from './communication.ts'

const communicationOf = (file: CaseFile, lang: 'en' | 'ru' = 'en'): string =>
  paperText(communicationPaper(viewCase(file, lang), lang))
/** What the case holds on one condition, by the words of what must be shown. */
const heldOn = (file: CaseFile, shown: RegExp): string =>
  communicationOf(file)
    .split('\n')
    .find((line) => line.includes(' | ') && shown.test(line))
    ?.split(' | ')
    .at(-1) ?? ''
const withRecords = (change: (records: readonly CaseRecord[]) => readonly CaseRecord[]): CaseFile => {
  const full = fullCase()
  return { ...full, records: [...change(full.records)] }
}
const answering = (answers: Readonly<Record<string, string | boolean>>): CaseFile => {
  const full = fullCase()
  const given = Object.entries(answers).map(
    ([id, value]) => [id, { value, by: 'author', on: parseDay('2026-04-10') }] as const,
  )
  return { ...full, answers: { ...full.answers, ...Object.fromEntries(given) } }
}

describe('the admissibility of a communication', () => {
  it('is set out by every article of the Optional Protocol, in each language, all of it blanks in an empty case', () => {
    for (const lang of ['en', 'ru'] as const) {
      const text = communicationOf(emptyCase(), lang)
      const section = text.split(/^## 7\. /mu)[1]?.split(/^## /mu)[0] ?? ''
      const rows = section.split('\n').filter((line) => /^(Article|Стать|Пункт)/u.test(line))
      assert.equal(rows.length, 7, lang)
      for (const row of rows) assert.match(row.split(' | ').at(-1) ?? '', /____/u, row)
    }
  })

  it('lays what was measured beside what the author says, with the checks that the author kept', () => {
    const held = heldOn(fullCase(), /affected personally/)
    assert.match(
      held,
      /^Measured: YouTube, AS64496[^.]*\. As stated by the author: Service: ‹service›; Network: ‹network›/,
    )
    assert.match(held, /Saved check of a connection: ____/)
    const check = withRecords((records) =>
      records.map((one) => (one.kind === 'authorisation' ? { ...one, kind: 'saved-check' as const } : one)),
    )
    assert.match(heldOn(check, /affected personally/), /Saved check of a connection: Annex\s6\. Use, purpose/)
  })

  it('says of an organisation that communications are taken from individuals', () => {
    assert.doesNotMatch(heldOn(fullCase(), /affected personally/), /taken from individuals/)
    assert.match(
      heldOn(answering({ 'author-kind': 'organisation' }), /affected personally/),
      /accepted only from individuals.*\[a lawyer/,
    )
  })

  it('names the earliest day, and marks one before the Optional Protocol was in force', () => {
    assert.match(heldOn(fullCase(), /later than the entry/), /^5\sMarch\s2026$/)
    assert.match(
      heldOn(answering({ 'first-failed': '2009-09-29' }), /later than the entry/),
      /29\sSeptember\s2009\. This is before/,
    )
    assert.doesNotMatch(heldOn(answering({ 'first-failed': '2009-09-30' }), /later than the entry/), /before/)
  })

  it('names the last domestic step, and counts the delay from exhaustion', () => {
    assert.match(
      heldOn(fullCase(), /domestic remedies were/),
      /^Last step: Judgment in cassation, 13\sApril\s2026, Annex\s7\./,
    )
    assert.match(
      heldOn(fullCase(), /not abused/),
      /^Counted from: 15\sApril\s2026; period of the rule ends on: 15\sApril\s2031$/,
    )
    const late = fullCase()
    const last = { ...late.journal.last, at_utc: '2031-04-16T08:00:00Z' }
    assert.match(
      heldOn({ ...late, journal: { ...late.journal, last } }, /not abused/),
      /dated later: ____ \(not given: what justifies/,
    )
  })

  it('promises no name withheld from the other side', () => {
    assert.match(
      communicationOf(fullCase()),
      /not anonymous \(Optional Protocol, article 3\), and it is brought to the attention/,
    )
    assert.match(
      heldOn(fullCase(), /is not anonymous/),
      /named in section 2\. It is asked that the name not be published/,
    )
  })
})

describe('the test of article 19(3)', () => {
  it('sets the facts that were measured against necessity and specific content, beside the blanks', () => {
    assert.match(
      heldOn(fullCase(), /least intrusive means/),
      /^Measured: YouTube, AS64496.*, 5\sMarch\s2026, 20:02 \u2013 5\sMarch\s2026, 22:04\. ____/,
    )
    assert.match(heldOn(fullCase(), /generic bans/), /individual content was not measured\. ____/)
    assert.match(heldOn(emptyCase(), /generic bans/), /^____/)
  })
})

describe('the author of a communication', () => {
  it('is not asked for the number that identifies a person in Kazakhstan', () => {
    for (const file of [emptyCase(), fullCase()])
      for (const lang of ['en', 'ru'] as const)
        assert.doesNotMatch(communicationOf(file, lang), /identification number|ИИН/)
  })
})

describe('the domestic steps of a communication', () => {
  it('hold a ruling of the Constitutional Court and a reply of a prosecutor', () => {
    const file = withRecords((records) =>
      records.map((one) =>
        one.kind === 'complaint'
          ? { ...one, kind: 'constitutional-ruling' as const, note: '‹ruling›' }
          : one.kind === 'authorisation'
            ? { ...one, kind: 'prosecutor-reply' as const, note: '‹reply›' }
            : one,
      ),
    )
    const text = communicationOf(file)
    assert.match(text, /Ruling of the Constitutional Court \| 6\sApril\s2026 \| ‹ruling› \| Annex\s5/)
    assert.match(text, /Reply of a prosecutor \| 11\sApril\s2026 \| ‹reply› \| Annex\s6/)
    assert.doesNotMatch(text, /Protest by a prosecutor/)
  })
})
