import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { COINCIDENCE_FINDINGS, type CoincidencePlan, type CoincidenceResult } from '../../model/incident/coincidence.ts'
import { countSentences, findingSentences, formatP, formatWindow, questionTable, testSentences } from './coincide.ts'
import { LANGS } from '../lang.ts'

const words = (text: string) => ({ kk: text, ru: text, en: text })
const test = { p: 0.2, floor: 0.04, observed: 7, reached: 5, shifts: 26, onsets: 30 } as const
const hypothesis = {
  id: 'streams',
  label: words('Streams'),
  kinds: ['livestream' as const],
  services: ['youtube'],
  networks: [],
}
const result: CoincidenceResult = {
  hypothesis,
  finding: 'not-shown',
  events: 41,
  eventsWithoutHour: 0,
  onsets: 30,
  openStarts: 0,
  weeks: test,
  linear: test,
  sensitivity: { weeks: test, linear: test },
  onEvent: { k: 12, n: 41, lo95: 0.17, hi95: 0.44 },
  onMatched: { k: 0, n: 80, lo95: 0, hi95: 0.03 },
  ratio: { lo95: 5 },
  difference: { value: 0.29, lo95: 0.16, hi95: 0.44 },
  oddsRatio: {},
  power: [{ effect: 0.35, claimed: 0.5, runs: 200 }],
  epoch: [],
}
const plan: CoincidencePlan = {
  period: { since: '2025-01-01', until: '2025-07-01' },
  zone: 'Asia/Almaty',
  statistic: 'excess-of-onsets',
  windowHours: [-1, 3],
  sensitivityHours: [-3, 6],
  states: ['restricted'],
  words: ['blocking'],
  mergeMinutes: 60,
  linear: { step: 'day', shifts: 19 },
  level: 0.05,
  imputations: 200,
  seed: 1,
  watchedShare: 0.5,
  primary: hypothesis,
  secondary: [],
  negativeControls: [],
  stopping: 'once-at-the-end',
}

describe('sentences of coincidence', () => {
  it('say counts as label, colon, value', () => {
    assert.deepEqual(countSentences('kk', plan, result).slice(0, 5), [
      'Тікелей эфирлер: 41.',
      'Есептелетін аралық: іс-шара басталуына қатысты −1 … +3 сағ.',
      'Шектеу басталған сәттер: 30.',
      'Іс-шара кезінде шектеу басталған кештер: 12, барлығы\u00a041 (17–44 %).',
      'Іс-шарасыз ұқсас кештердің шектеу басталғаны: 0, барлығы\u00a080 (0–3 %).',
    ])
  })

  it('say nothing of a ratio that has no value', () => {
    assert.ok(!countSentences('en', plan, result).some((sentence) => /Ratio|Odds/.test(sentence)))
    assert.ok(countSentences('en', plan, result).includes('Difference of the shares, percentage points: 29 (16 … 44).'))
  })

  it('put beside every finding, in every language, that a coincidence shows no cause', () => {
    const last = { kk: /себепті көрсетпейді/, ru: /не показывает причину/, en: /does not show a cause/ }
    for (const lang of LANGS)
      for (const finding of COINCIDENCE_FINDINGS)
        assert.match(findingSentences(lang, { ...result, finding }).at(-1) ?? '', last[lang], `${lang} ${finding}`)
  })

  it('say that a p at its floor is a limit of the data', () => {
    const atFloor = { ...result, linear: { ...test, p: 0.04 } }
    const limit = /limit of the data/
    assert.ok(testSentences('en', plan, atFloor).some((sentence) => limit.test(sentence)))
    assert.ok(!testSentences('en', plan, result).some((sentence) => limit.test(sentence)))
  })

  it('show adjusted figures only where there are further questions', () => {
    const adjusted = { ...result, adjusted: { benjaminiHochberg: 0.3, maxT: 0.4 } }
    assert.equal(questionTable('en', [result]).head.length, 6)
    assert.deepEqual(questionTable('ru', [adjusted]).rows[0]?.slice(3, 7), ['0,2', '0,2', '0,3', '0,4'])
  })

  it('write p and spans as the language does', () => {
    assert.deepEqual([formatP('kk', 1 / 26), formatP('en', 0.0049)], ['0,038', '0.0049'])
    assert.equal(formatWindow('ru', [-1, 3]), '−1 … +3')
  })
})
