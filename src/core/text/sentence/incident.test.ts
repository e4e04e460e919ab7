import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Incident } from '../../model/incident/incident.ts'
import { parseInstant } from '../../model/units.ts'
import { SAMPLE_KINDS, sampleCause, sampleIncident } from '../../../../test/kit/evening/incident-sample.ts'
import {
  againstSentences,
  comparedOpinions,
  edgeClock,
  edgeText,
  headline,
  intervalText,
  lengthText,
  noteText,
  oddsText,
  ratioText,
  timesText,
  shareText,
  withdrawnText,
  type NamedIncident,
} from './incident.ts'
import { neverSentences } from './incident-never.ts'
import { quotable } from './incident-quote.ts'
import { LANGS } from '../lang.ts'
import { HOME_ZONE } from '../time.ts'

const named = (incident = SAMPLE_KINDS.finished): NamedIncident => ({
  incident,
  serviceName: 'YouTube',
  networkName: 'Example Rail',
})
const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

describe('the words of an incident', () => {
  it('answer in one clause, each state in its own words and a running one in the present', () => {
    assert.equal(headline('kk', named()), 'YouTube ашылмады')
    assert.equal(headline('ru', named()), 'Сервис YouTube не открывался')
    for (const lang of LANGS) {
      const said = Object.values(SAMPLE_KINDS).map((incident) => headline(lang, named(incident)))
      assert.equal(new Set(said).size, Object.values(SAMPLE_KINDS).length - 1, said.join('; ')) // an open start is no state
    }
  })

  it('give each edge with its interval, in local time and in UTC', () => {
    const { start, end } = SAMPLE_KINDS.finished
    assert.equal(edgeClock('kk', start, { side: 'start', zone: HOME_ZONE }), '20:02 (19:58–20:05)')
    assert.equal(edgeClock('kk', end, { side: 'end', zone: HOME_ZONE }), '22:04 (21:59–22:09)')
    assert.equal(plain(edgeText('en', start, { side: 'start', zone: 'UTC' })), '5 March 2026, 15:02 (14:58–15:05)')
  })

  it('say of an open start that it may lie earlier, and of a running incident that it goes on', () => {
    const { openStart, running } = SAMPLE_KINDS
    assert.equal(edgeClock('en', openStart.start, { side: 'start', zone: 'UTC' }), '14:03 or earlier')
    assert.equal(edgeClock('en', running.end, { side: 'end', zone: 'UTC', running: true }), 'ongoing')
    assert.match(lengthText('en', running).value, /^at least 1\sh 11\smin, up to the last measurement$/)
    assert.match(lengthText('en', openStart).value, /^at least/)
  })

  it('do not speak in the present of what was not measured for six hours', () => {
    const stale = { ...SAMPLE_KINDS.running, simulated: false, revisedAt: parseInstant('2026-03-06T12:00:00Z') }
    assert.equal(headline('en', named(stale)), 'YouTube did not open')
    assert.match(quotable('en', named(stale)), /, end \d\d:\d\d or later;/)
    assert.doesNotMatch(quotable('en', named(stale)), /going on|goes on|does not open/)
  })

  it('bound the length by the outer and the inner ends of both intervals', () => {
    const { value, interval } = lengthText('en', SAMPLE_KINDS.finished)
    assert.equal(plain(value), '2 h 2 min')
    assert.equal(plain(interval ?? ''), '1 h 54 min – 2 h 11 min')
  })

  it('write the day of an interval that crosses midnight', () => {
    const interval = [parseInstant('2026-03-05T18:50:00Z'), parseInstant('2026-03-05T19:10:00Z')] as const
    assert.equal(plain(intervalText('en', interval)), '5 March 2026, 23:50 – 6 March 2026, 00:10')
    assert.equal(intervalText('en', interval, { zone: 'UTC' }), '18:50–19:10')
  })

  it('count devices and give the share with its interval', () => {
    assert.deepEqual(shareText('kk', SAMPLE_KINDS.finished).map(plain), [
      'Сервис ашылмаған құрылғылар: 11 (барлығы 14).',
      'Оқиға кезіндегі сәтсіз әрекеттердің үлесі, барлық құрылғы бойынша: 90 % (65–98 %).',
    ])
    assert.match(shareText('en', SAMPLE_KINDS.throttled)[1] ?? '', /factor of 3\.3 \(3\.1–3\.4\)/)
    assert.match(shareText('en', sampleIncident({ probes: 0 }))[0] ?? '', /not known/)
  })

  it('round a ratio to two figures, and write one below 1 as its reciprocal', () => {
    assert.equal(ratioText('en', Math.log10(1934)), '1900')
    assert.equal(ratioText('kk', Math.log10(2.54)), '2,5')
    assert.equal(ratioText('en', -Math.log10(11.8)), '1/12')
    assert.equal(ratioText('en', 0), '1')
    assert.equal(oddsText('en', -Math.log10(11.8)).replaceAll('\u00a0', ' '), '1 : 12')
  })

  it('name against an incident what its own data lack', () => {
    const said = againstSentences('en', SAMPLE_KINDS.partly).map(plain)
    assert.ok(said.some((one) => one.startsWith('The service opened on some devices (2 of 12')))
    assert.ok(said.some((one) => one.includes('20:34–21:51') && one.includes('1 h 16 min')))
    const pieces = againstSentences('en', sampleIncident({ pOneEpisode: 0.7, episodes: 2 })).map(plain)
    assert.ok(pieces.some((one) => one.includes('several restrictions')))
    assert.ok(
      said.some((one) =>
        one.startsWith('Other methods that give a different start or end, or find no change: 2 of 4 ('),
      ),
    )
    const clean = sampleIncident({
      probes: 11,
      share: { value: 1, lo95: 0.9, hi95: 1 },
      opinions: [],
      cause: sampleCause({ unseen: [] }),
    })
    assert.deepEqual(againstSentences('en', clean), [])
  })

  it('name the tests not made that could change the conclusion, and say about of a time known to hours only', () => {
    const said = againstSentences('en', SAMPLE_KINDS.finished).map(plain)
    assert.ok(
      said.some((one) => /^Tests not run: \d+\. Those that could change the conclusion: \d+ \(where on/u.test(one)),
      said.join('\n'),
    )
    const { start } = SAMPLE_KINDS.finished
    const wide = { ...start, lo95: parseInstant('2026-03-05T12:30:00Z') }
    assert.equal(edgeClock('en', wide, { side: 'start', zone: HOME_ZONE }), 'about 20:02 (17:30–20:05)')
  })

  it('compare another method by the 95 % interval and 15 minutes', () => {
    const compared = comparedOpinions(SAMPLE_KINDS.finished).map(({ method, compared: is }) => `${method} ${is}`)
    assert.deepEqual(compared, ['cusum silent', 'pelt agrees', 'bocpd agrees', 'four-failed differs'])
    const silent = sampleIncident({ opinions: [{ method: 'pelt' }] })
    assert.equal(comparedOpinions(silent)[0]?.compared, 'silent')
  })

  it('quote a simulated incident as simulated first of all, with both times, id and revision', () => {
    for (const lang of LANGS) {
      const text = quotable(lang, named())
      assert.match(text, /20:02 \(19:58–20:05\).*22:04 \(21:59–22:09\)/)
      assert.match(text, /youtube-as64500-20260305T1502Z/)
      assert.equal(/^(Модельденген|Смоделировано|Simulated)/.test(text), true)
      assert.doesNotMatch(
        quotable(lang, named(sampleIncident({ simulated: false }))),
        /Модельденген|Смоделировано|Simulated/,
      )
    }
  })

  it('let no one who copies the paragraph leave out strength, both numbers, interval, devices, the nearest fault and what speaks against', () => {
    for (const lang of LANGS) {
      const text = plain(quotable(lang, named()))
      assert.match(text, /(айғақ|сила данных|evidence): [\p{L} ]+, (\d-деңгей|ступень \d|step \d)/u)
      assert.match(text, /\d (есе|раза?|times) .*[\d.,]+–[\d.,]+/u)
      assert.match(text, /11 \(барлығы 14\)|11 из 14|11 of 14/)
      assert.match(text, /домендік атаудың|доменное имя|one domain name/)
      assert.match(text, /Бұған қайшы: |Против этого: |Against this: /)
      assert.match(text, /Кім жасағанын|Кто это сделал|who did it/)
    }
  })

  it('never say that there was no restriction where another incident took the place of a withdrawn one', () => {
    const id = 'youtube-as64500-20260305T1510Z'
    const replaced = { ...SAMPLE_KINDS.withdrawn, note: id }
    for (const lang of LANGS) {
      assert.equal(noteText(lang, replaced).includes(id), true)
      assert.equal(quotable(lang, named(replaced)).includes(id), true)
      assert.doesNotMatch(withdrawnText(lang, replaced), /no longer say|не утверждаем|енді айтпаймыз/)
      const reviewed = { ...replaced, note: 'Two probes shared a line' }
      assert.equal(noteText(lang, reviewed), reviewed.note)
      assert.match(withdrawnText(lang, reviewed), /no longer say|не утверждаем|енді айтпаймыз/)
    }
  })

  it('copy nothing of a withdrawn incident but that it is withdrawn, when and why', () => {
    for (const lang of LANGS) {
      const text = quotable(lang, named(SAMPLE_KINDS.withdrawn))
      assert.match(text, /қайтарып алды|отозвал|has withdrawn/)
      assert.doesNotMatch(text, /ашылмады|не открывался|did not open|басталуы|начало|start/u)
    }
  })

  it('copy of what goes on until when it was seen, in the past', () => {
    const text = quotable('en', named(SAMPLE_KINDS.running))
    assert.match(text, /did not open.*, last failed measurement \d\d:\d\d or later;/u)
    assert.doesNotMatch(text, /does not open|going on/u)
  })

  it('keep a ratio on one line: no space in it lets a line break', () => {
    for (const lang of LANGS) {
      assert.doesNotMatch(timesText(lang, 4.1), / /)
      assert.match(timesText(lang, -2), /^\S+\u00a0(есе|к\u00a01|to\u00a01)/)
    }
  })

  it('say blocking only where the word rule gave it, and never that anything is shown', () => {
    const word = /бұғатта|блокиров|block/iu
    const shown = /кедергінің болғанын|вмешательство было(?! это)|was interfered|(?<!not )show\b/u
    for (const lang of LANGS) {
      assert.match(quotable(lang, named()), word)
      for (const other of ['blocking', 'fault', 'not-determined', 'insufficient'] as const) {
        const text = quotable(lang, named(sampleIncident({ cause: sampleCause({ word: other }) })))
        if (other !== 'blocking') assert.doesNotMatch(text, word, `${lang} ${other}`)
        assert.doesNotMatch(text, shown, `${lang} ${other}`)
      }
    }
  })
})

describe('what no one is to write', () => {
  const never = (incident: Incident): string => plain(neverSentences('en', named(incident)).join('\n'))

  it('holds who, the whole country, proof and the probability of a cause', () => {
    const said = never(SAMPLE_KINDS.finished)
    for (const part of [/done by/, /whole country/, /is proven/, /times more likely”, “99% probable/])
      assert.match(said, part)
  })

  it('holds what each state leaves unknown', () => {
    assert.match(never(SAMPLE_KINDS.running), /still does not open.*it is not known what happened after that/)
    assert.match(never(SAMPLE_KINDS.openStart), /It began: .*may have begun earlier/)
    assert.match(never(SAMPLE_KINDS.partly), /did not open at all/)
    assert.match(never(SAMPLE_KINDS.throttled), /The service opened, but slowly/)
    assert.doesNotMatch(never(SAMPLE_KINDS.throttled), /It did not open in the whole country|still does not open/)
    assert.match(never(SAMPLE_KINDS.insufficient), /too little evidence/)
    assert.match(never(SAMPLE_KINDS.withdrawn), /this incident proves/)
  })
})
