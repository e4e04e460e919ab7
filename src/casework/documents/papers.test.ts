import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { emptyCase, everyAnswer, fullCase, paperText, wholePaper } from '../../../test/kit/evening/sample-case.ts'
import { madeOf } from '../../../test/kit/evening/case-papers.ts'
import { pdfSkip, ReadPdf } from '../../../test/kit/browser/pdf.ts'
import { SUPPORT } from '../../core/model/incident/cause.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { CaseFile } from '../case/case-form.ts'
import { QUESTIONS } from '../case/questions.ts'
import { writeDocx } from '../../documents/docx.ts'
import { spansIn, type Paper } from '../../documents/paper.ts'
import { printPaper } from '../../documents/typst/set-paper.ts'
import { viewCase } from './case-view.ts'
import { claimPaper } from './claim.ts'
import { communicationPaper } from './communication.ts'

/** Every paper of a case by name, with what is for the lawyer behind it. */
const papersOf = (file: CaseFile): ReadonlyMap<string, Paper> =>
  new Map([...madeOf(file)].map(([name, paper]) => [name, wholePaper(paper)]))
const all = [...papersOf(emptyCase()), ...papersOf(fullCase())].map(([name, paper]) => ({ name, paper }))
/** A case whose one incident differs from the sample in what is given. */
function incidentCase(change: object): CaseFile {
  const full = fullCase()
  const records = full.records.map((one) =>
    one.bundle?.incident ? { ...one, bundle: { ...one.bundle, incident: { ...one.bundle.incident, ...change } } } : one,
  )
  return { ...full, records }
}
const blanksOf = (paper: Paper): readonly string[] =>
  spansIn(paper).flatMap((span) => (span.kind === 'blank' ? [span.what] : []))

describe('papers of a case', () => {
  const cases = [
    ['empty', emptyCase()],
    ['full', fullCase()],
  ] as const
  for (const [kind, file] of cases)
    for (const [name, paper] of papersOf(file))
      it(`say of a case that is ${kind} what is in ${name}-${kind}.txt`, () => {
        const path = join(PACKAGE_ROOT, 'test', 'golden', 'casework', `${name}-${kind}.txt`)
        const text = paperText(paper)
        if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text)
        assert.ok(existsSync(path), `${path} is missing; UPDATE_GOLDEN=1 writes it`)
        assert.equal(text, readFileSync(path, 'utf8'))
      })

  it('have a blank for each fact that an empty case lacks, and fill nothing in', () => {
    for (const [name, paper] of papersOf(emptyCase())) {
      assert.ok(blanksOf(paper).length >= 8, `${name}: ${blanksOf(paper).length}`)
      // Years of laws are no days of the case, and the list of the law has its own.
      const [own = ''] = paperText(paper).split('\n---\n')
      assert.doesNotMatch(
        own,
        /(?<!of )\b2026\b(?! (года|жылғы|жылдан|жылы))/,
        `${name} names a day that was not given`,
      )
      assert.doesNotMatch(paperText(paper), /undefined|null|NaN|\[object/, name)
    }
  })

  it('show every answer of the questionnaire in some document, and a blank for it where it is not given', () => {
    const given = [...papersOf(fullCase()).values()].map(paperText).join('\n')
    const texts = QUESTIONS.filter(({ kind }) => kind === 'text').map(({ id }) => id)
    assert.deepEqual(
      texts.filter((id) => !given.includes(`‹${id}›`)),
      [],
    )
    for (const id of texts) {
      const { [id]: _, ...others } = everyAnswer((one) => `‹${one}›`)
      const without = papersOf({ ...fullCase(), answers: others })
      const missing = [...without.values()].filter((paper) => !paperText(paper).includes(`‹${id}›`))
      assert.equal(missing.length, without.size, id)
      const more = [...papersOf(fullCase())].some(
        ([name, paper]) => blanksOf(without.get(name) ?? paper).length > blanksOf(paper).length,
      )
      // A request and a claim name a representative only where there is one.
      assert.ok(more, id)
    }
  })

  it('write what depends on the answer to a request by that answer, and by every one of several', () => {
    const claim = (says: string | undefined): string => {
      const full = fullCase()
      const records = full.records
        .filter(({ kind }) => kind !== 'silence')
        .map((one) => (one.kind === 'answer' ? { ...one, says: says as never } : one))
      return paperText(claimPaper(viewCase({ ...full, records }, 'ru'), 'ru'))
    }
    assert.match(claim('act-named'), /акт назван \(____ .*номер акта.*проверить законность/s)
    assert.match(claim('no-act'), /сообщено, что акта нет.*на каком основании доступ прерывался/s)
    assert.match(claim('refused'), /отказано.*истребовать акт/s)
    for (const says of ['other', 'passed-on']) assert.doesNotMatch(claim(says), /не указано: запрос об акте/, says)
    assert.match(paperText(claimPaper(viewCase(emptyCase(), 'ru'), 'ru')), /не указано: запрос об акте и ответ на него/)
    const both = paperText(claimPaper(viewCase(fullCase(), 'ru'), 'ru'))
    assert.match(both, /Запрос об акте: Уполномоченный орган \(министерство\): сообщено, что акта нет/)
    assert.match(both, /Комитет национальной безопасности Республики Казахстан: ответа не последовало/)
  })

  it('give number and day of every act that an answer names or that the case holds', () => {
    const full = fullCase()
    const named = { act_number: '25-1-1', act_day: '2026-03-01' as never }
    const answers = full.records.map((one) =>
      one.kind === 'answer' ? { ...one, says: 'act-named' as const, ...named } : one,
    )
    const held = full.records.map((one) => (one.id === 'r9' ? { ...one, kind: 'act' as const, ...named } : one))
    for (const records of [answers, held])
      for (const [name, paper] of papersOf({ ...full, records }))
        if (!/^(?:request|complaint-r\d+)-/.test(name))
          assert.match(paperText(paper), /25-1-1, (1\s|2026\sж\.\s1\s)/, name)
  })

  it('say what every record is in the words of who added it, and whom each request and answer concerns', () => {
    const full = fullCase()
    const records = full.records.map((one) => ({ ...one, note: `‹note ${one.id}›` }))
    const texts = [...papersOf({ ...full, records })].map(([name, paper]) => [name, paperText(paper)] as const)
    for (const { id } of records)
      assert.ok(
        texts.some(([, text]) => text.includes(`‹note ${id}›`)),
        id,
      )
    const communication = texts.find(([name]) => name === 'communication-en')?.[1] ?? ''
    for (const { id } of records) assert.ok(communication.includes(`‹note ${id}›`), id)
    assert.match(communication, /Annex\s2\. Request for the act: Authorised body \(ministry\)/)
    assert.match(communication, /Annex\s4\. Answer to the request: Authorised body \(ministry\)/)
  })

  it('miss no document of a silence, which has none, and name what is missing without a capital', () => {
    const communication = paperText(communicationPaper(viewCase(fullCase(), 'en'), 'en'))
    assert.match(communication, /\| Request without an answer: [^|\n]+\| \n/)
    for (const { name, paper } of all)
      for (const what of blanksOf(paper)) assert.doesNotMatch(what, /^\p{Lu}(?!\p{Lu})/u, `${name}: ${what}`)
  })

  it('ask a court nothing for a silence that was noted before its term was over, and name the term beside it', () => {
    const full = fullCase()
    const on = (day: string): string => {
      const records = full.records
        .filter(({ kind }) => kind !== 'answer')
        .map((one) => (one.kind === 'silence' ? { ...one, day: day as never } : one))
      return paperText(wholePaper(claimPaper(viewCase({ ...full, records }, 'ru'), 'ru')))
    }
    // Fifteen working days after 11 March 2026, with Nauryz on a weekend: 6 April.
    assert.match(
      on('2026-04-07'),
      /срок ответа: 6\sапреля\s2026\sг\. \(день поступления не отмечен[^]*Жалоба на то, что запрос остался/,
    )
    assert.doesNotMatch(on('2026-04-06'), /Жалоба на то, что запрос остался/)
    const told = (day: string): string => {
      const records = full.records.map((one) => (one.kind === 'silence' ? { ...one, day: day as never } : one))
      return paperText(communicationPaper(viewCase({ ...full, records }, 'en'), 'en'))
    }
    assert.match(
      told('2026-04-06'),
      /\| Request without an answer: [^|\n]+; deadline for the reply: 6\sApril\s2026 \(the day of receipt/,
    )
    assert.match(told('2026-04-07'), /\| Request without an answer: [^|\n;]+ \|/)
  })

  it('give the day to go by, and the last one by the rule where that is another', () => {
    const full = fullCase()
    const learned = { value: '2026-10-07', by: 'author', on: '2026-10-08' as never }
    const text = paperText(
      wholePaper(claimPaper(viewCase({ ...full, answers: { ...full.answers, learned } }, 'ru'), 'ru')),
    )
    assert.match(text, /6\sянваря\s2027\sг\.; последний день самого длинного срока из источников: 8\sянваря\s2027\sг\./)
  })

  it('say of an incident only what its word carries', () => {
    const says = (word: string): string => paperText(claimPaper(viewCase(fullCase(word), 'ru'), 'ru'))
    assert.match(says('blocking'), /соответствуют вмешательству в доступ, но не показывают, кто его осуществил/)
    for (const word of ['fault', 'undetermined', 'insufficient']) assert.doesNotMatch(says(word), /вмешательство было/)
    // What a bundle of others may say instead.
    const odd = (word: string): string => paperText(claimPaper(viewCase(incidentCase({ word }), 'ru'), 'ru'))
    assert.equal(odd('constructor'), odd('another'))
  })

  it('never say flatly that access was interfered with, and say how strong the evidence is', () => {
    for (const support of SUPPORT.slice(1))
      for (const [name, paper] of papersOf(incidentCase({ support }))) {
        const text = paperText(paper)
        assert.doesNotMatch(text, /show that access was|вмешательство (в доступ )?было|кедергінің болғанын көрс/u, name)
        const inference = text.split('\n').filter((line) => line.startsWith('[inference]'))
        assert.ok(inference.join('').includes(say(paper.lang, `support.${support}`)), `${name}: ${inference.join('')}`)
      }
    const older = paperText(claimPaper(viewCase(incidentCase({ support: undefined }), 'ru'), 'ru'))
    assert.match(older, /\[inference\] Результаты измерений соответствуют вмешательству/)
  })

  it('speak of no statement, note or bundle that the case does not have', () => {
    const full = fullCase()
    const wanting = full.records.map((one) =>
      one.bundle === undefined
        ? one
        : { ...one, bundle: { ...one.bundle, verified: { kind: 'wanting' as const, steps: ['files'] } } },
    )
    const spoken =
      /statement of facts|technical means|evidence bundle (is|are)|в изложении фактов|справке о|Изложение фактов (с|и)|Справка о|құралдарды қолдану|мән-жайлар баян/u
    for (const [name, paper] of papersOf(full))
      if (!name.startsWith('request-')) assert.match(paperText(paper), spoken, name)
    for (const file of [emptyCase(), { ...full, records: wanting }])
      for (const [name, paper] of papersOf(file)) assert.doesNotMatch(paperText(paper), spoken, name)
  })

  it('say where the strength of an inference stands, and a letter that goes out alone refers to no annex', () => {
    for (const [name, paper] of papersOf(fullCase())) {
      const annexed = spansIn(paper).some(({ kind }) => kind === 'annex')
      assert.equal(annexed, !name.startsWith('request-'), name)
      if (!annexed) continue
      const inference = paperText(paper)
        .split('\n')
        .find((line) => line.startsWith('[inference]'))
      assert.match(inference ?? '', /\s8(-қосымша)?\.$/, name)
    }
  })

  it('conclude nothing from a bundle that failed verification, or an incident that was withdrawn', () => {
    const full = fullCase()
    const [record, ...others] = full.records
    assert.ok(record?.bundle?.incident)
    const { bundle } = record
    const wanting = { ...bundle, verified: { kind: 'wanting' as const, steps: ['files'] } }
    const withdrawn = { ...bundle, incident: { ...record.bundle.incident, withdrawn: true } }
    for (const one of [wanting, withdrawn]) {
      const file = { ...full, records: [{ ...record, bundle: one }, ...others] }
      for (const [name, paper] of papersOf(file))
        assert.doesNotMatch(
          paperText(paper),
          /fit interference|соответствуют вмешательству|кедергінің болғанына|20:02|Established by|Установлено измер|анықталғаны/u,
          name,
        )
    }
  })

  it('keep the lines of an answer apart, in PDF and DOCX alike', async () => {
    const paper = claimPaper(
      viewCase(
        fullCase('blocking', () => 'Бірінші.\r\n\r\n  Екінші.\nҮшінші.\n'),
        'kk',
      ),
      'kk',
    )
    assert.match(paperText(paper), /Салдары: Бірінші\.\nЕкінші\.\nҮшінші\.\n/)
    const written = await writeDocx(paper)
    if (written.kind === 'written') {
      const xml = new TextDecoder().decode(written.docx)
      assert.match(xml, /Бірінші\.<\/w:t>.{0,120}<w:br\/>.{0,200}Екінші\./su)
    }
    const printed = await printPaper(paper, { standard: 'ua-1' })
    if (printed.kind !== 'printed' || pdfSkip !== false) return
    using pdf = new ReadPdf(printed.pdf)
    assert.match(pdf.text(), /Бірінші\.\s*\n[^\n]*Екінші\.\s*\n/u)
  })

  it('keep the lines of a note apart that is the result of a request', () => {
    const full = fullCase()
    const records = full.records.map((one) =>
      one.kind === 'answer' || one.kind === 'silence' ? { ...one, note: 'Первое.\n\nВторое.' } : one,
    )
    const claim = paperText(claimPaper(viewCase({ ...full, records }, 'ru'), 'ru'))
    assert.match(claim, /Приложение\s№\s\d+\. Первое\.\nВторое\./)
    assert.match(claim, /ответа не последовало[^\n]*\. Первое\.\nВторое\./)
    assert.doesNotMatch(claim, /\n\nВторое/)
  })

  it('take hostile answers as text, in PDF and DOCX alike', async () => {
    const hostile = `#read("/etc/passwd") ]]></w:t> $x$ \\ {name} \u0000\u202e ${'ы'.repeat(3000)}`
    for (const [name, paper] of papersOf(fullCase('blocking', () => hostile))) {
      const printed = await printPaper(paper, { standard: 'ua-1' })
      if (printed.kind === 'printed') assert.ok(printed.pages > 1, name)
      const written = await writeDocx(paper)
      if (written.kind === 'written') assert.ok(written.docx.length > 10_000, name)
    }
  })

  it('say on every page of a case with simulated data that it is simulated', () => {
    for (const [name, paper] of papersOf(fullCase())) assert.ok(paper.banner !== undefined, name)
    for (const [name, paper] of papersOf(emptyCase())) assert.equal(paper.banner, undefined, name)
  })

  it('mark every provision of Kazakh law and every paragraph of the general comment for a lawyer', () => {
    for (const { name, paper } of all) {
      const lines = paperText(paper).split('\n')
      const cited = lines.filter((line) =>
        /^– .*(41-1|401-V|Конституци|№ 34)|15 (рабочих|жұмыс)|^(Interference|Provided|Legitimate|Necessary|Specific|Вмешательство|Установлено|Законная|Необходимость|Определённое) .*\|/.test(
          line,
        ),
      )
      for (const line of cited) assert.match(line, /\[(заңгер|должен|a lawyer)/, `${name}: ${line}`)
      assert.ok(cited.length > 0 || name.startsWith('rapporteurs-'), name)
    }
  })
})

/** A body that is said to have done it, or a "by" that names one; and that anyone intended it. */
const ACCUSES = {
  en: /\b(government|ministry|committee|service|operator|provider|state party|authorit(y|ies))\s+(has |have |had )?(block|restrict|throttl|order|decid|disabl|cut)(s|ed)\b|(blocked|restricted|throttled|ordered|decided) by\b|deliberate|intentional/iu,
  ru: /(министерств|комитет|служб|оператор|провайдер|государств|власт|орган)\p{L}*(\s+[\p{L}«»]+){0,3}\s(за?блокировал|ограничил|приказал|распорядил|замедлил|решил)|(заблокирован|ограничен|замедлен)\p{L}*\s+(провайдер|оператор|министерств|государств|комитет|орган)|умышленн|намеренн|по приказу/iu,
  kk: /(министрлік|комитет|қызмет|оператор|провайдер|мемлекет|билік|орган)\p{L}*(\s+[\p{L}«»]+){0,3}\s(бұғаттады|шектеді|бұйырды|баяулатты)|тарапынан|әдейі|қасақана|бұйрығымен/iu,
} satisfies Record<Lang, RegExp>
const PLANTED = {
  en: ['The operator blocked the service.', 'Access was restricted by the ministry.', 'a deliberate restriction'],
  ru: [
    'Министерство ограничило доступ',
    'Оператор связи заблокировал сервис',
    'доступ ограничен оператором',
    'по приказу',
  ],
  kk: ['Оператор сервисті бұғаттады', 'министрлік тарапынан', 'әдейі жасалған'],
} satisfies Record<Lang, readonly string[]>

/** Latin words that Kazakh and Russian documents use unchanged. */
const LATIN = new Set(
  'UTC YouTube AS Steppe Telecom simulated kuager youtube II IV V VI VIII SERAP ECW CCJ JUD CCPR C KAZ CO GC Rev A HRC RES Add SHA a b c'.split(
    ' ',
  ),
)

describe('the prose of papers', () => {
  it('names no one who ordered or did it; and a sentence that did would be found', () => {
    for (const [lang, sentences] of Object.entries(PLANTED))
      for (const sentence of sentences) assert.match(sentence, ACCUSES[lang as Lang], sentence)
    for (const { name, paper } of all)
      for (const line of paperText(paper).split('\n'))
        assert.doesNotMatch(line, ACCUSES[paper.lang], `${name}: ${line}`)
  })

  it('calls nothing blocking by itself, and no letter a petition', () => {
    for (const { name, paper } of all)
      assert.doesNotMatch(paperText(paper), /блокир|бұғатта|\bblock(s|ed|ing)\b|петици|petition/iu, name)
  })

  it('mixes no Latin look-alike into a Cyrillic word, and no Kazakh letter into a Russian one', () => {
    const known = fullCase('blocking', () => '0')
    for (const file of [emptyCase(), known])
      for (const [name, paper] of papersOf(file)) {
        if (paper.lang === 'en') continue
        for (const word of paperText(paper)
          .replaceAll(/[0-9a-f]{64}/g, '')
          .match(/\p{L}+/gu) ?? []) {
          const latin = /\p{Script=Latin}/u.test(word)
          assert.ok(!latin || !/\p{Script=Cyrillic}/u.test(word), `${name}: two scripts in ${word}`)
          assert.ok(!latin || LATIN.has(word) || /^(fact|inference|allegation|note)$/.test(word), `${name}: ${word}`)
          if (paper.lang === 'ru') assert.doesNotMatch(word, /[әғқңөұүһі]/iu, `${name}: ${word}`)
        }
      }
  })

  it('uses the quotation marks of its language and glues no ending to what is inserted', () => {
    for (const { name, paper } of all) {
      const text = paperText(paper)
      if (paper.lang === 'en') assert.doesNotMatch(text, /[«»"]/u, name)
      else assert.doesNotMatch(text, /['’"“”]/u, name)
      assert.doesNotMatch(text, /›[-\u2010-\u2013]?\p{L}/u, name)
    }
  })
})
