import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { madeOf } from '../../../test/kit/evening/case-papers.ts'
import { emptyCase, fullCase, paperText } from '../../../test/kit/evening/sample-case.ts'
import { say } from '../../core/text/format.ts'
import { spansIn, type Paper } from '../../documents/paper.ts'
import type { CaseFile } from '../case/case-form.ts'
import { loadLaw } from '../law/load-law.ts'
import { filedCopy, lawyerCopy, mayBeFiled } from './filed.ts'

const law = loadLaw()
/** Every paper of a case as it is filed. */
const filedOf = (file: CaseFile): ReadonlyMap<string, Paper> =>
  new Map([...madeOf(file)].map(([name, paper]) => [name, filedCopy(paper, law)]))
const blanksOf = (paper: Paper): readonly string[] =>
  spansIn(paper).flatMap((span) => (span.kind === 'blank' ? [span.what] : []))

describe('the copy to file', () => {
  const cases = [emptyCase(), fullCase()]

  it('has no mark, no note, no reliability of a deadline and no list of law, and the lawyer’s copy has each', () => {
    for (const file of cases)
      for (const [name, paper] of madeOf(file)) {
        const filed = filedCopy(paper, law)
        assert.ok(!spansIn(filed).some(({ kind }) => kind === 'unconfirmed' || kind === 'working'), name)
        assert.equal(filed.sheet, undefined)
        assert.equal(filed.law, undefined)
        assert.doesNotMatch(
          paperText(filed),
          /юрист(?!\sобратился)|заңгер(?!\sбайланысты)|lawyer(?! applied)|не прочитан|оқылмаған|not read|Надёжность|Сенімділігі|Reliability|SHA-256|последний день самого длинного/u,
          name,
        )
        const copy = lawyerCopy(paper, `${name}.pdf`)
        assert.ok(copy !== undefined, name)
        const text = paperText(copy)
        assert.ok(text.includes(say(paper.lang, 'law.title')) && text.includes(law.sha256), name)
        assert.ok(text.includes(`${name}.pdf`))
        assert.ok(
          spansIn(copy).some(({ kind }) => kind === 'unconfirmed'),
          name,
        )
      }
  })

  it('prints no number of a provision that was not read, and leaves a line for it; one that was read it prints', () => {
    for (const [name, paper] of [...filedOf(fullCase()), ...filedOf(emptyCase())])
      for (const span of spansIn(paper)) {
        if (span.kind !== 'law') continue
        const row = law.provisions.get(span.id)
        assert.ok(
          row !== undefined && (mayBeFiled(row) || row.article === null || !/\d/.test(span.text)),
          `${name}: ${span.id}`,
        )
      }
    const claim = paperText(filedOf(fullCase()).get('claim-ru') ?? assert.fail())
    assert.match(claim, /процессуальный кодекс, ____ \([^)]*статья или пункт\); ____/, 'burden and active court')
    assert.match(claim, /часть 2 статьи 91\. Если в установленный срок/)
    const communication = paperText(filedOf(fullCase()).get('communication-en') ?? assert.fail())
    assert.match(communication, /A\/HRC\/RES\/47\/16\. Condemns/)
    assert.doesNotMatch(communication, /Toregozhina|Akdeniz|24–26/, 'decisions and paragraphs that were not read')
  })

  it('is a form: it says what belongs in a blank, without saying that it was not given', () => {
    for (const [name, paper] of filedOf(emptyCase())) {
      assert.equal(paper.form, true)
      assert.doesNotMatch(paperText(paper), /не указано|көрсетілмеген|not given/u, name)
      assert.ok(blanksOf(paper).length >= 8, name)
    }
  })
})
