import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fullCase, paperText } from '../../../test/kit/evening/sample-case.ts'
import { ADDRESSEES, type CaseFile, type CaseRecord } from '../case/case-form.ts'
import { annexesOf, checkBehind, paperAnnexes, recordName, viewCase } from './case-view.ts'
import { claimPaper } from './claim.ts'
import { communicationPaper } from './communication.ts'
import { requestPaper } from './request.ts'

const written = (words: string): CaseFile => fullCase('blocking', () => words)
const bundled = (change: object): CaseFile => {
  const full = fullCase()
  const records = full.records.map((one): CaseRecord =>
    one.bundle === undefined ? one : { ...one, bundle: { ...one.bundle, ...change } },
  )
  return { ...full, records }
}
const WANTING = { verified: { kind: 'wanting', steps: ['files'] } } as const

describe('what a person wrote', () => {
  const english = (words: string): string => paperText(communicationPaper(viewCase(written(words), 'en'), 'en'))
  const russian = (words: string): string => paperText(claimPaper(viewCase(written(words), 'ru'), 'ru'))

  it('has a blank for its translation where the Committee or a court would read another language than the paper', () => {
    assert.match(english('Сабақ беру'), /Purpose of the use: Сабақ беру ____ \(not given: translation\)/)
    assert.match(russian('Сабақ жүргіземін'), /Цель использования: Сабақ жүргіземін ____ \(не указано: перевод\)/)
    for (const text of [
      english('Teaching'),
      russian('Преподавание'),
      paperText(claimPaper(viewCase(written('Сабақ беру'), 'kk'), 'kk')),
    ])
      assert.doesNotMatch(text, /not given: translation|не указано: перевод|аудармасы\)/)
  })

  it('has none for a name in Kazakh letters in a Russian paper', () => {
    const name = russian('Өмірғұл').split('\n')
    assert.equal(name.filter((line) => line.trim() === 'Өмірғұл').length >= 2, true)
  })
})

describe('a bundle of a case', () => {
  it('is named with its incident, and so is the note on its technical means: two of them can be distinguished', () => {
    const view = viewCase(fullCase(), 'en')
    const [first] = annexesOf(view.file)
    assert.ok(first !== undefined)
    assert.equal(recordName(view, first.record), 'Evidence bundle: YouTube, AS64496 Steppe Telecom (simulated)')
    assert.match(paperAnnexes(view).at(-1)?.title ?? '', /means: YouTube, AS64496 Steppe Telecom \(simulated\)$/)
  })

  it('that failed verification or was withdrawn is described so wherever annexes are listed', () => {
    const behind = (change: object): string => {
      const view = viewCase(bundled(change), 'en')
      return checkBehind(view, view.file.records[0] as CaseRecord)
    }
    assert.equal(behind(WANTING), '; problems were found in the bundle: nothing is concluded from it')
    const { incident } = fullCase().records[0]?.bundle ?? {}
    assert.equal(behind({ incident: { ...incident, withdrawn: true } }), '; the finding on this incident was withdrawn')
    assert.equal(behind({}), '')
  })

  it('that failed verification is not mentioned to the recipient of a request: the author says what happened', () => {
    const text = paperText(requestPaper(viewCase(bundled(WANTING), 'ru'), 'ru', 'ministry'))
    assert.doesNotMatch(text, /несоответстви|kuager-youtube|пакет/iu)
    assert.match(text, /Со слов заявителя\n\nСервис: ‹service›/)
  })
})

describe('a request to an operator', () => {
  it('names the contract by which it finds its customer, and no other request does', () => {
    for (const to of ADDRESSEES)
      assert.equal(
        paperText(requestPaper(viewCase(fullCase(), 'kk'), 'kk', to)).includes('‹contract›'),
        to === 'provider',
        to,
      )
  })
})
