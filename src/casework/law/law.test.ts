import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { emptyCase, fullCase, paperText } from '../../../test/kit/evening/sample-case.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import { LANGS } from '../../core/text/lang.ts'
import { ADDRESSEES, type CaseFile } from '../case/case-form.ts'
import { parseDay } from '../deadlines/calendar.ts'
import { computeDeadline } from '../deadlines/compute.ts'
import { spansIn, type Paper } from '../../documents/paper.ts'
import { viewCase, type CaseView } from '../documents/case-view.ts'
import { claimPaper } from '../documents/claim.ts'
import { communicationPaper } from '../documents/communication.ts'
import { requestPaper } from '../documents/request.ts'
import { submissionsOf } from '../documents/submission.ts'
import { cite, dayFor, placeOf } from './cite.ts'
import { lawUsed } from './law-list.ts'
import { lawNotice, lawRecord } from './law-notice.ts'
import { checkedDigest, loadLaw, provisionOf, ruleOf } from './load-law.ts'

const BUNDLED = join(PACKAGE_ROOT, 'data', 'law')
const root = mkdtempSync(join(tmpdir(), 'kuager-law-'))
after(() => rmSync(root, { recursive: true, force: true }))
const law = loadLaw()
let made = 0

type Row = Record<string, unknown> & { readonly id: string }
/** The bundled law with one file changed, in a folder of its own. */
function changed(
  name: string,
  change: (file: { acts: Row[]; provisions: Row[]; rules: Row[] }) => void,
  from = BUNDLED,
): string {
  const folder = join(root, `law-${made++}`)
  cpSync(from, folder, { recursive: true })
  const path = join(folder, name)
  const file = JSON.parse(readFileSync(path, 'utf8')) as never
  change(file)
  writeFileSync(path, JSON.stringify(file))
  return folder
}
const put = (name: string, id: string, more: Record<string, unknown>, from = BUNDLED): string =>
  changed(
    name,
    ({ provisions, rules }) => {
      const row = (provisions ?? rules).find((one) => one.id === id)
      assert.ok(row !== undefined, id)
      Object.assign(row, more)
    },
    from,
  )

const papers = (file: CaseFile, of = law): readonly { readonly view: CaseView; readonly paper: Paper }[] => {
  const views = { kk: viewCase(file, 'kk', of), ru: viewCase(file, 'ru', of), en: viewCase(file, 'en', of) }
  const courts = (['kk', 'ru'] as const).flatMap((lang) => [
    ...ADDRESSEES.map((to) => ({ view: views[lang], paper: requestPaper(views[lang], lang, to) })),
    { view: views[lang], paper: claimPaper(views[lang], lang) },
  ])
  const submissions = submissionsOf(views.kk).flatMap(({ langs, make }) =>
    langs.map((lang) => ({ view: views[lang], paper: make(views[lang]) })),
  )
  const committee = (['en', 'ru'] as const).map((lang) => ({
    view: views[lang],
    paper: communicationPaper(views[lang], lang),
  }))
  return [...courts, ...submissions, ...committee]
}

describe('the bundled law', () => {
  it('is what sha256sum says it is, and no row of it was checked by a lawyer yet', () => {
    const sum = execFileSync('sh', ['-c', 'sha256sum *.json | sha256sum'], { cwd: BUNDLED, encoding: 'utf8' })
    assert.equal(law.sha256, sum.slice(0, 64))
    assert.ok(law.provisions.size >= 76)
    assert.deepEqual(
      [...law.provisions.values()].filter(({ checked_by }) => checked_by !== null),
      [],
    )
  })

  it('says in a provision what it holds, and in its note what was not read of it', () => {
    const notes =
      /from memory|not read|not seen|not found|не прочитан|не проверен|не найден|оқылмаған|тексерілмеген|табылмады/iu
    // Its own text is about what was not found, and it is in no document.
    const others = new Set(['further-suspension', 'technical-means-before', 'personal-data', 'days-off-unknown'])
    for (const { id, says } of law.provisions.values())
      if (!others.has(id)) assert.doesNotMatch(Object.values(says).join(' '), notes, id)
  })

  it('has in each language what documents and deadlines in it say', () => {
    const used = new Map<string, Set<string>>()
    for (const file of [emptyCase(), fullCase()])
      for (const { view, paper } of papers(file))
        for (const id of lawUsed(law, paper)) used.set(id, (used.get(id) ?? new Set<string>()).add(view.lang))
    assert.ok(used.size > 50, String(used.size))
    for (const [id, langs] of used)
      for (const lang of langs)
        assert.ok(provisionOf(law, id).says[lang as 'kk'] !== undefined, `${id} says nothing in ${lang}`)
  })

  it('is cited in a wording that is in force on its day, or the document says from when it is', () => {
    for (const file of [emptyCase(), fullCase()])
      for (const { view, paper } of papers(file)) {
        const spans = spansIn(paper)
        for (const [at, span] of spans.entries()) {
          if (span.kind !== 'law') continue
          const row = provisionOf(law, span.id)
          const on = dayFor(view, row)
          const inTime = (row.from === undefined || row.from <= on) && (row.until === undefined || on <= row.until)
          const next = spans[at + 1]
          const isOther = spans.some(
            (one) =>
              one.kind === 'law' && provisionOf(law, one.id).replaced_by === row.id && row.replaced_by === undefined,
          )
          const saysSo = next?.kind === 'text' && /с даты|басталуы|wording from/u.test(next.text)
          assert.ok(inTime || saysSo || isOther, `${paper.title}: ${span.id} on ${on}`)
        }
      }
  })

  it('is cited with its mark wherever a document names a provision in a list', () => {
    for (const { paper } of papers(fullCase()))
      for (const block of paper.blocks)
        if (block.kind === 'list')
          for (const item of block.items) {
            if (typeof item === 'string' || item[0]?.kind !== 'law') continue
            assert.ok(
              item.some(({ kind }) => kind === 'unconfirmed'),
              JSON.stringify(item),
            )
          }
  })
})

describe('a provision', () => {
  it('is named in the grammar of each language', () => {
    const on = { event: parseDay('2026-12-01'), document: parseDay('2026-12-01') }
    const places = (id: string): readonly string[] =>
      LANGS.map((lang) => placeOf({ law, lang, on }, provisionOf(law, id)))
    assert.deepEqual(places('claim-term'), ['136-бап', 'статья 136', 'article 136'])
    assert.deepEqual(places('by-law-claim-term'), [
      '136-баптың 3-1-бөлігі',
      'часть 3-1 статьи 136',
      'article 136, part 3-1',
    ])
    assert.deepEqual(places('complaint-body'), [
      '91-баптың 3–4-бөліктері',
      'части 3–4 статьи 91',
      'article 91, parts 3–4',
    ])
    assert.deepEqual(places('covenant-limits'), ['19-баптың 3-тармағы', 'пункт 3 статьи 19', 'article 19, paragraph 3'])
    assert.deepEqual(places('committee-delay'), ['99(c)-қағида', 'правило 99(c)', 'rule 99(c)'])
    assert.deepEqual(places('comment-law'), ['24–26-тармақтар', 'пункты 24–26', 'paragraphs 24–26'])
    assert.deepEqual(places('cassation').length, 3)
  })

  it('of the Constitution is cited by the day of what happened, with the other number while that is not confirmed', () => {
    const cited = (day: string, of = law): string => {
      const on = { event: parseDay(day), document: parseDay('2026-12-01') }
      return cite({ law: of, lang: 'en', on }, 'constitution-speech')
        .map((span) => ('text' in span ? span.text : `[${span.kind}]`))
        .join('')
    }
    assert.equal(
      cited('2026-06-30'),
      'Constitution of Kazakhstan of 1995, article 20; Constitution of Kazakhstan of 2026, article 23[unconfirmed]',
    )
    assert.equal(
      cited('2026-07-01'),
      'Constitution of Kazakhstan of 2026, article 23; Constitution of Kazakhstan of 1995, article 20[unconfirmed]',
    )
    const row = provisionOf(law, 'constitution-speech')
    const check = { role: 'lawyer', on: '2027-01-10', sha256: checkedDigest(row, law.rules) }
    const checked = loadLaw(put('constitution.json', 'constitution-speech', { checked_by: check }))
    assert.equal(cited('2026-07-01', checked), 'Constitution of Kazakhstan of 2026, article 23')
  })
})

describe('a rule', () => {
  it('is confirmed by a check that a lawyer recorded of the very row, and by nothing else', () => {
    const row = provisionOf(law, 'complaint-term')
    const check = { role: 'lawyer', on: '2027-01-10', sha256: checkedDigest(row, law.rules) }
    const of = loadLaw(put('administrative.json', 'complaint-term', { checked_by: check }))
    const found = (one: typeof law): readonly string[] => {
      const deadline = computeDeadline(
        ruleOf(one, 'complaint'),
        { event: 'restriction-learned', day: parseDay('2026-03-02') },
        one,
      )
      return deadline.kind === 'running' ? deadline.doubts : []
    }
    assert.deepEqual([found(law).includes('rule'), found(of).includes('rule')], [true, false])
    // The same check on a row that says something else does not count.
    const other = put('administrative.json', 'complaint-term', { checked_by: check, article: '93' })
    assert.throws(() => loadLaw(other), { name: 'InputError', path: 'complaint-term' })
    // Nor does it on a row from which the deadline now takes another length.
    const readings = [{ law: 'complaint-term', unit: 'months', count: 6 }]
    const checked = put('administrative.json', 'complaint-term', { checked_by: check })
    const longer = put('deadlines.json', 'complaint', { readings }, checked)
    assert.throws(() => loadLaw(longer), { name: 'InputError', path: 'complaint-term' })
    for (const wrong of [{ role: 'program' }, { role: 'lawyer', on: '2027-01-10' }, true, 'confirmed'])
      assert.throws(() => loadLaw(put('administrative.json', 'complaint-term', { checked_by: wrong })), {
        name: 'InputError',
      })
  })
})

describe('a folder of law that is not what it should be', () => {
  it('is refused with file and place', () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      [put('administrative.json', 'appeal-term', { act: 'nowhere' }), /appeal-term: no act is called "nowhere"/],
      [put('administrative.json', 'appeal-term', { see: ['nowhere'] }), /no row is called "nowhere"/],
      [put('administrative.json', 'appeal-term', { article: 'x' }), /administrative\.json/],
      [put('administrative.json', 'appeal-term', { from: '2026-02-30' }), /administrative\.json/],
      [put('administrative.json', 'appeal-term', { until: '2020-01-01' }), /before 2021-07-01/],
      [put('administrative.json', 'burden', { confidence: 'high' }), /not opened, and is sure/],
      [put('administrative.json', 'claim-kinds', { from: '2025-12-30' }), /not in force from the day after/],
      [put('deadlines.json', 'appeal', { readings: [{ law: 'nowhere', unit: 'months', count: 2 }] }), /"nowhere"/],
      [put('deadlines.json', 'appeal', { readings: [{ law: 'appeal-term', unit: 'moons', count: 2 }] }), /deadlines/],
      [put('deadlines.json', 'cassation', { law: undefined }), /neither a length nor a provision/],
      [put('deadlines.json', 'appeal', { id: 'complaint' }), /not exactly one rule/],
      [changed('changes.json', (file) => Object.assign(file, { version: '2099-01-01' })), /the version 2099-01-01/],
      [changed('information.json', ({ provisions }) => provisions.push(provisions[0] as never)), /two of this name/],
    ]
    for (const [folder, words] of wrong)
      assert.throws(
        () => loadLaw(folder),
        (error: unknown) => {
          assert.ok(error instanceof Error && error.name === 'InputError', String(error))
          assert.match(error.message, words)
          return true
        },
      )
  })
})

describe('a case that was built before', () => {
  const view = viewCase(fullCase(), 'kk')
  const record = lawRecord(law, [claimPaper(view, 'kk')], view.deadlines)
  const old = { made_at_utc: '2026-04-20T08:00:00Z' }

  it('gets no notice if no rule that it uses has changed, however others have', () => {
    assert.equal(lawNotice(law, old, { built: true, record }), undefined)
    const elsewhere = loadLaw(put('administrative.json', 'ruling-complaint-term', { article: '169' }))
    assert.equal(lawNotice(elsewhere, old, { built: true, record }), undefined)
    const again = loadLaw(put('administrative.json', 'claim-term', { confidence: 'low' }))
    assert.equal(lawNotice(again, old, { built: true, record }), undefined, 'read again, and says the same')
  })

  it('learns which of its rules changed, by deadline, provision and table of days off', () => {
    const changedBy = (folder: string): readonly string[] => {
      const notice = lawNotice(loadLaw(folder), old, { built: true, record })
      return notice?.kind === 'changed' ? notice.names : []
    }
    const readings = [{ law: 'claim-term', unit: 'months', count: 2 }]
    assert.deepEqual(changedBy(put('deadlines.json', 'claim-after-answer', { readings })), ['rule:claim-after-answer'])
    assert.deepEqual(changedBy(put('administrative.json', 'claim-term', { article: '137' })), ['law:claim-term'])
    assert.deepEqual(changedBy(changed('days-off.json', (file) => Object.assign(file, { single: [] }))), ['days-off'])
  })

  it('without a record learns everything that changed, and a younger one without documents nothing', () => {
    const notice = lawNotice(law, old, { built: false, record: undefined })
    assert.deepEqual([notice?.kind, notice?.changes.length], ['unknown', law.changes.length])
    assert.match(
      notice?.changes.map(({ says }) => says.en).join() ?? '',
      /one month; it was computed as three[^]*two months/,
    )
    const young = { made_at_utc: '2099-01-01T00:00:00Z' }
    assert.equal(lawNotice(law, young, { built: false, record: undefined }), undefined)
    assert.equal(lawNotice(law, young, { built: true, record: undefined })?.kind, 'unknown')
  })
})

/** An article, a number of a law or a decision as it would be typed into code. */
const CITATION =
  /\d-бап|стат[ьеи]\p{L}* \d|\bart(icle|\.)s? ?\d|пункт\p{L}* \d|\d-тармақ|paras?\. ?\d|\brule \d|№ ?\d+-|No\. ?\d|\b\d+-[IVX]{1,4}\b|C\/GC|CCPR\/|A\/HRC|\b\d{4,5}\/\d{2,4}\b|\b(19|20)\d\d года|жылғы \d/iu

describe('the code and the messages of casework', () => {
  const files = ['src', 'messages']
    .flatMap((folder) =>
      readdirSync(join(PACKAGE_ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
    )
    .filter((path) =>
      /^src\/(?:casework\/|cli\/case).*(?<!\.test)\.ts$|\/(?:document|court-claim|communication|act-request|submission)\.json$/.test(
        path,
      ),
    )

  it('cites no law of its own: every number is data', () => {
    assert.ok(files.length > 60, String(files.length))
    for (const planted of ['136-бап', 'статья 20', 'Article 19, paragraph 3', '№ 567-II', 'rule 99(c)', '2551/2015'])
      assert.match(planted, CITATION, planted)
    const found = files.flatMap((path) =>
      readFileSync(join(PACKAGE_ROOT, path), 'utf8')
        .split('\n')
        .filter((line) => !/^\s*(\*|\/\*|\/\/)/.test(line) && CITATION.test(line.replace(/\s\/\/ .*$/, '')))
        .map((line) => `${path}: ${line.trim()}`),
    )
    assert.deepEqual(found, [])
  })
})

describe('a document', () => {
  it('names the version and the digest of the law data that it was made with, and lists what it cites', () => {
    for (const { paper } of papers(fullCase())) {
      assert.deepEqual(paper.law, { version: law.version, sha256: law.sha256 })
      const list = paperText({ ...paper, blocks: paper.sheet ?? [] })
      assert.ok(list.includes(law.sha256) && list.includes(law.version))
      for (const id of lawUsed(law, paper)) {
        const says = provisionOf(law, id).says[paper.lang]
        assert.ok(says !== undefined && list.includes(says), id)
      }
    }
  })
})
