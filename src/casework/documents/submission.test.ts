import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { madeOf } from '../../../test/kit/evening/case-papers.ts'
import { emptyCase, fullCase, paperText } from '../../../test/kit/evening/sample-case.ts'
import type { CaseFile } from '../case/case-form.ts'

describe('the pre-trial complaint', () => {
  const textOf = (file: CaseFile, name: string): string => paperText(madeOf(file).get(name) ?? assert.fail(name))

  it('goes through the body that the author names, with its address and number, and asks to find an act that is unknown', () => {
    const text = textOf(fullCase(), 'complaint-ru')
    assert.match(text, /Через:\n {2}‹defendant›\n {2}‹defendant-address›\n {2}БИН: ‹defendant-number›/)
    assert.match(text, /Дата рождения: 28\sфевраля\s1961/)
    assert.match(text, /установить, принимался ли акт[^]*выдать копию акта/)
    assert.match(textOf(emptyCase(), 'complaint-kk'), /Қай орган арқылы:\n {2}____ \(көрсетілмеген: актісіне/)
  })

  it('reviews an act that was named, and does not ask for a copy of one that is enclosed', () => {
    const full = fullCase()
    const named = { act_number: '25-1-1', act_day: '2026-03-01' as never }
    const records = full.records.map((one) => (one.id === 'r9' ? { ...one, kind: 'act' as const, ...named } : one))
    const text = textOf({ ...full, records }, 'complaint-ru')
    assert.match(text, /проверить законность акта: 25-1-1/)
    assert.doesNotMatch(
      text,
      /установить, принимался ли акт|выдать копию акта|Акт и его основания заявителю не сообщены/,
    )
  })

  it('is made about each request that stayed silent or was refused, and about no other', () => {
    const names = [...madeOf(fullCase()).keys()].filter((name) => /^complaint-r\d/.test(name))
    assert.deepEqual(names, ['complaint-r3-kk', 'complaint-r3-ru'])
    assert.match(textOf(fullCase(), 'complaint-r3-ru'), /Об отсутствии ответа на запрос[^]*часть 2 статьи 91/)
    const full = fullCase()
    const refused = full.records.map((one) => (one.kind === 'answer' ? { ...one, says: 'refused' as const } : one))
    assert.match(textOf({ ...full, records: refused }, 'complaint-r2-ru'), /Об отказе в предоставлении информации/)
    // A silence that was noted before the last day of the answer is none yet.
    const early = full.records.map((one) => (one.kind === 'silence' ? { ...one, day: '2026-04-06' as never } : one))
    assert.ok(![...madeOf({ ...full, records: early }).keys()].some((name) => /^complaint-r\d/.test(name)))
  })

  it('asks to restore the deadline only where the safe day of every complaint was over', () => {
    const full = fullCase()
    const at = (day: string): string =>
      textOf(
        { ...full, journal: { ...full.journal, last: { ...full.journal.last, at_utc: `${day}T08:00:00Z` } } },
        'complaint-ru',
      )
    // Learned on 6 March 2026: three months end on Saturday, 6 June, and the safe day is the 5th.
    assert.doesNotMatch(at('2026-06-05'), /восстановить его/)
    assert.match(at('2026-06-06'), /причины, по которым срок пропущен[^]*1\. если срок будет сочтён пропущенным/)
  })
})

describe('other submissions', () => {
  it('are an appeal only where a judgment is recorded, with the judgment and blanks for its grounds', () => {
    assert.ok(!madeOf(fullCase()).has('appeal-ru'))
    const full = fullCase()
    const records = full.records.map((one) =>
      one.kind === 'cassation-judgment' ? { ...one, kind: 'first-judgment' as const } : one,
    )
    const text = paperText(madeOf({ ...full, records }).get('appeal-ru') ?? assert.fail())
    assert.match(text, /Решение: Решение суда первой инстанции, 13\sапреля\s2026\sг\., ____ \(не указано: номер дела\)/)
    assert.match(text, /____ \(не указано: норма, которая применена неверно/)
  })

  it('give no identification number to anyone abroad, and ask whether the name may be given to the State', () => {
    const letter = paperText(madeOf(fullCase()).get('rapporteurs-en') ?? assert.fail())
    assert.doesNotMatch(letter, /identification number|IIN|BIN/)
    assert.match(letter, /whether the name may be given to the State/)
    assert.match(letter, /A\/HRC\/47\/24\/Add\.2/)
  })

  it('accuse no one: to the prosecutor and abroad they say that measurements do not show who acted', () => {
    for (const name of ['prosecutor-ru', 'prosecutor-kk', 'rapporteurs-en', 'rapporteurs-ru'])
      assert.match(
        paperText(madeOf(fullCase()).get(name) ?? assert.fail()),
        /не показывают, кто принял решение|кім орындағанын өлшемдер көрсетпейді|do not show who took the decision/,
        name,
      )
  })
})
