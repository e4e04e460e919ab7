import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseInstant } from '../model/units.ts'
import { SAMPLE_KINDS, sampleCause, sampleIncident } from '../../test/kit/incident-sample.ts'
import {
  againstSentences,
  comparedOpinions,
  edgeClock,
  edgeText,
  headline,
  intervalText,
  lengthText,
  oddsText,
  ratioText,
  timesText,
  shareText,
  type NamedIncident,
} from './incident-sentence.ts'
import { quotable } from './incident-quote.ts'
import { LANGS } from './lang.ts'
import { HOME_ZONE } from './time.ts'

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
    assert.equal(edgeClock('kk', start, { side: 'start', zone: HOME_ZONE }), '20:02 (20:00–20:09)')
    assert.equal(edgeClock('kk', end, { side: 'end', zone: HOME_ZONE }), '22:04 (22:01–22:20)')
    assert.equal(plain(edgeText('en', start, { side: 'start', zone: 'UTC' })), '5 March 2026, 15:02 (15:00–15:09)')
  })

  it('say of an open start that it may lie earlier, and of a running incident that it goes on', () => {
    const { openStart, running } = SAMPLE_KINDS
    assert.equal(edgeClock('en', openStart.start, { side: 'start', zone: 'UTC' }), '14:03 or earlier')
    assert.equal(edgeClock('en', running.end, { side: 'end', zone: 'UTC', running: true }), 'still going on')
    assert.match(lengthText('en', running).value, /^at least 1\sh 21\smin, not over yet$/)
    assert.match(lengthText('en', openStart).value, /^at least/)
  })

  it('do not speak in the present of what nobody has measured for six hours', () => {
    const stale = { ...SAMPLE_KINDS.running, simulated: false, revisedAt: parseInstant('2026-03-06T12:00:00Z') }
    assert.equal(headline('en', named(stale)), 'YouTube did not open')
    assert.match(quotable('en', named(stale)), /End: 22:55 or later/)
    assert.doesNotMatch(quotable('en', named(stale)), /going on|goes on/)
  })

  it('bound the length by the outer and the inner ends of both intervals', () => {
    const { value, interval } = lengthText('en', SAMPLE_KINDS.finished)
    assert.equal(plain(value), '2 h 2 min')
    assert.equal(plain(interval ?? ''), '1 h 52 min – 2 h 20 min')
  })

  it('write the day of an interval that crosses midnight', () => {
    const interval = [parseInstant('2026-03-05T18:50:00Z'), parseInstant('2026-03-05T19:10:00Z')] as const
    assert.equal(plain(intervalText('en', interval)), '5 March 2026, 23:50 – 6 March 2026, 00:10')
    assert.equal(intervalText('en', interval, { zone: 'UTC' }), '18:50–19:10')
  })

  it('count devices and give the share with its interval', () => {
    assert.deepEqual(shareText('kk', SAMPLE_KINDS.finished).map(plain), [
      'Аша алмаған құрылғылар: 14 ішінен 11.',
      'Сәтсіз ашу әрекеттері: 94 % (86–98 %).',
    ])
    assert.match(shareText('en', SAMPLE_KINDS.throttled)[1] ?? '', /factor of 3\.1 \(2\.4–4\)/)
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
    assert.ok(said.some((one) => one.startsWith('Devices where the service opened: 5 of 14')))
    assert.ok(said.some((one) => one.includes('20:50–21:37') && one.includes('40 min')))
    assert.ok(said.some((one) => one.includes('more than one restriction')))
    assert.ok(said.some((one) => one.startsWith('Other methods that give a different result: 1 of 4')))
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
      said.some((one) => one.startsWith('Tests not made: 3. Of these, could change the conclusion: 2 (place of')),
      said.join('\n'),
    )
    const { start } = SAMPLE_KINDS.finished
    const wide = { ...start, lo95: parseInstant('2026-03-05T12:30:00Z') }
    assert.equal(edgeClock('en', wide, { side: 'start', zone: HOME_ZONE }), 'about 20:02 (17:30–20:09)')
  })

  it('compare another method by the 95 % interval and a quarter of an hour', () => {
    const compared = comparedOpinions(SAMPLE_KINDS.finished).map(({ method, compared: is }) => `${method} ${is}`)
    assert.deepEqual(compared, ['pelt agrees', 'cusum differs', 'bocpd agrees', 'four-failed agrees'])
    const silent = sampleIncident({ opinions: [{ method: 'pelt' }] })
    assert.equal(comparedOpinions(silent)[0]?.compared, 'silent')
  })

  it('quote a simulated incident as simulated first of all, with both times, id and revision', () => {
    for (const lang of LANGS) {
      const text = quotable(lang, named())
      assert.match(text, /20:02 \(20:00–20:09\).*22:04 \(22:01–22:20\)/)
      assert.match(text, /youtube-as64500-20260305T1502Z/)
      assert.equal(/^(Модельденген|Смоделировано|Simulated)/.test(text), true)
      assert.doesNotMatch(
        quotable(lang, named(sampleIncident({ simulated: false }))),
        /Модельденген|Смоделировано|Simulated/,
      )
    }
  })

  it('let nobody who copies the paragraph leave out strength, interval, devices and the nearest other explanation', () => {
    for (const lang of LANGS) {
      const text = plain(quotable(lang, named()))
      const shown = /кедергінің болғанын|вмешательство было|was interfered/u.exec(text)
      const strength =
        /күші: күшті, 6 сатылы шкалада 4|данных: сильная, ступень 4 из 6|Strength: strong, step 4 of 6/u.exec(text)
      assert.ok(shown !== null && strength !== null && strength.index - shown.index < 90, text)
      assert.match(text, /1900 (есе|к 1|to 1) \(400–6300, 95 %\)/)
      assert.match(text, /14 ішінен 11|11 из 14|11 of 14/)
      assert.match(text, /бір атаудың ақауы|неисправность одного имени|one name broken/)
    }
    const fault = sampleCause({ word: 'fault', log10Lr: -2, lo95: -3, hi95: -1, support: 'moderately-strong' })
    assert.match(
      plain(quotable('en', named(sampleIncident({ cause: fault })))),
      /100 to 1 for a fault \(10–1000, 95 %\)/,
    )
  })

  it('keep a ratio on one line: no space in it lets a line break', () => {
    for (const lang of LANGS) {
      assert.doesNotMatch(timesText(lang, 4.1), / /)
      assert.match(timesText(lang, -2), /^\S+\u00a0(есе|к\u00a01|to\u00a01)/)
    }
  })

  it('say blocking only where the word rule gave it, and interference shown only then', () => {
    const word = /бұғатта|блокиров|block/iu
    const shown = /кедергінің болғанын|вмешательство было|was interfered/u
    for (const lang of LANGS) {
      assert.match(quotable(lang, named()), word)
      assert.match(quotable(lang, named()), shown)
      for (const other of ['fault', 'not-determined', 'insufficient'] as const) {
        const text = quotable(lang, named(sampleIncident({ cause: sampleCause({ word: other }) })))
        assert.doesNotMatch(text, word, `${lang} ${other}`)
        assert.doesNotMatch(text, shown, `${lang} ${other}`)
      }
    }
  })
})
