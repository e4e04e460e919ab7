import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JudgedTarget } from '../../judge/browser-check.ts'
import type { CheckPlan, CrowdOutcome } from '../../model/crowd-check.ts'
import { CATALOGUE } from '../../text/catalogue.ts'
import { CROWD_TOOL_WORDS } from '../../text/crowd-keys.ts'
import { LANGS, type Lang } from '../../text/lang.ts'
import { endingOf, type Ending } from './ending.ts'
import { clockTime, leftTime, sayFrom, type Say, type Words } from './words.ts'

const wordsOf = (lang: Lang): Words =>
  Object.fromEntries(CROWD_TOOL_WORDS.map((word) => [word, CATALOGUE[lang][`crowd.tool.${word}`]])) as Words // every word has its key
const say = (lang: Lang): Say => sayFrom(wordsOf(lang))

const NOW = Date.parse('2026-03-05T16:10:00Z')
const NAMES = { telegram: 'Telegram', youtube: 'YouTube', signal: 'Signal' } as const
const target = (service: keyof typeof NAMES): CheckPlan['targets'][0] => ({
  service,
  name: NAMES[service],
  document: `https://${service}.example/robots.txt`,
  image: `https://${service}.example/favicon.ico`,
  fresh_at_utc: null,
  abroad: null,
})
const UP = 'reach.example'
const PLAN = {
  targets: [target('telegram'), target('youtube'), target('signal')],
  others: [
    { service: 'telegram', failing: 14, of: 17, since_utc: '2026-03-05T15:05:00Z', people: 6 },
    { service: 'youtube', failing: 0, of: 9, since_utc: null, people: null },
  ],
}
const ending = (
  outcomes: readonly CrowdOutcome[],
  given: {
    readonly lang?: Lang
    readonly online?: boolean
    readonly network?: string
    readonly shield?: boolean
    readonly away?: boolean
    readonly answered?: readonly string[]
    readonly silent?: readonly string[]
  } = {},
): Ending => {
  const { lang = 'en', online = true, network = 'Kcell', shield = false, away = false } = given
  const { answered = [], silent = [] } = given
  const results = outcomes.map((outcome, nth): JudgedTarget => {
    const service = PLAN.targets[nth]?.service ?? ''
    return { service, outcome, ...(shield ? { mayBeShield: true } : {}) }
  })
  return endingOf(
    { online, results, answered, controls: { answered: online ? [UP] : [], silent } },
    { say: say(lang), plan: PLAN, network: away ? undefined : network, isAway: away, now: NOW },
  )
}

describe('endingOf()', () => {
  it('says in one sentence what does not answer, and of whom others say the same', () => {
    const { sentence, lines } = ending(['black-hole', 'reachable', 'reachable'])
    assert.equal(sentence, 'Network: Kcell. The site of Telegram does not answer, everything else does.')
    assert.deepEqual(lines, [
      'Telegram: it is the same for others on this network. Devices of volunteers: 14 of 17. Since 20:05.',
      'Telegram: people who found trouble in the last two hours: 6.',
    ])
  })

  it('says the same in Kazakh and Russian', () => {
    assert.equal(
      ending(['interference', 'reachable', 'slow'], { lang: 'kk' }).sentence,
      'Желі: Kcell. Telegram сайты жауап бермейді, қалғандары ашылады.',
    )
    assert.deepEqual(ending(['interference', 'reachable', 'slow'], { lang: 'kk' }).lines.slice(0, 1), [
      'Telegram: осы желідегі басқаларда да солай. Еріктілердің құрылғылары: 17 ішінен 14. Басталғаны: 20:05.',
    ])
    assert.equal(
      ending(['interference', 'black-hole', 'reachable'], { lang: 'ru' }).sentence,
      'Сеть: Kcell. Не отвечают сайты: Telegram, YouTube. Остальные открываются.',
    )
  })

  it('says of an address abroad that a VPN may have been checked, also where everything opens', () => {
    const { sentence, lines } = ending(['reachable', 'reachable', 'reachable'], { away: true })
    assert.equal(sentence, 'Everything on the list answers.')
    assert.match(lines[0] ?? '', /If a VPN is on, it was checked and not your network/)
  })

  it('says of what answered without the control host that the line is up', () => {
    const { lines } = ending(['unknown', 'unknown'], { online: false, answered: ['youtube'] })
    assert.match(
      lines.join(' '),
      /No control server opens from this network.*answered all the same: YouTube\. So the line is up/,
    )
    assert.equal(ending(['unknown'], { online: false }).lines.length, 1)
  })

  it('names a control host that did not answer beside one that did, and concludes nothing from it', () => {
    const silent = ['one.example', 'two.example']
    const with2 = ending(['black-hole', 'reachable', 'reachable'], { silent })
    const without = ending(['black-hole', 'reachable', 'reachable'])
    assert.equal(with2.sentence, without.sentence)
    assert.deepEqual(with2.lines, [
      ...without.lines,
      'Control servers that did not answer: one.example, two.example. Those that did: reach.example.',
    ])
    for (const lang of LANGS)
      assert.match(
        ending(['reachable'], { silent, lang }).lines.join(' '),
        /one\.example, two\.example.*reach\.example/,
      )
    assert.equal(
      ending(['unknown'], { silent: [UP], online: false }).lines.length,
      1,
      'where none answered, none is named',
    )
  })

  it('says as plainly that it opens for others, or that nothing is known of them', () => {
    const { lines } = ending(['reachable', 'black-hole', 'black-hole'])
    assert.match(
      lines[0] ?? '',
      /^YouTube: it opens for others on this network\. Devices that measured: 9\. It may be on your side\.$/,
    )
    assert.match(lines[1] ?? '', /^Signal: how it is for others on this network is not known\.$/)
  })

  it('calls nothing else open where something is not clear', () => {
    assert.match(ending(['black-hole', 'unknown', 'reachable']).sentence, /Services that do: 1 of 3\.$/)
    assert.match(ending(['unknown', 'unstable', 'not-the-site']).sentence, /Nothing definite can be said/)
    assert.match(
      ending(['unknown', 'reachable', 'reachable']).sentence,
      /^Network: Kcell\. Services that answer: 2 of 3\./,
    )
    assert.deepEqual(ending(['unknown', 'unstable', 'not-the-site']).lines, [
      'Something else comes in place of the site: Signal.',
      'Answers at one time and not at another: YouTube.',
      'Not clear: Telegram.',
    ])
  })

  it('says nothing of services where the line itself was down, and no network where none is known', () => {
    assert.match(ending(['unknown', 'unknown', 'unknown'], { online: false }).sentence, /^No control server answered/)
    const results: JudgedTarget[] = [{ service: 'signal', outcome: 'reachable' }]
    const { sentence } = endingOf(
      { online: true, results, answered: [], controls: { answered: [UP], silent: [] } },
      { say: say('en'), plan: PLAN, network: undefined, isAway: false, now: NOW },
    )
    assert.equal(sentence, 'Everything on the list answers.')
  })

  it('names the browser’s own protection wherever it may be that', () => {
    assert.match(ending(['interference'], { shield: true }).lines.join(' '), /Some browsers themselves stop requests/)
    assert.doesNotMatch(ending(['interference']).lines.join(' '), /browsers/)
  })
})

describe('words of the script', () => {
  it('need no plural: values are put into braces and nothing else', () => {
    for (const lang of LANGS)
      for (const text of Object.values(wordsOf(lang))) {
        assert.doesNotMatch(text.replaceAll(/\{\w+\}/g, ''), /[{}#]/, text)
        assert.doesNotMatch(text, /,\s*(?:plural|select|number|date)/)
      }
  })

  it('take values as they are, and leave no brace behind', () => {
    assert.equal(
      say('en')('others.people', { service: '$& {people}', people: 5 }),
      '$& {people}: people who found trouble in the last two hours: 5.',
    )
  })
})

describe('times', () => {
  it('are those of Kazakhstan, with the day where it is another one', () => {
    assert.equal(clockTime(Date.parse('2026-03-05T15:05:00Z'), NOW), '20:05')
    assert.equal(clockTime(Date.parse('2026-03-04T18:30:00Z'), NOW), '04.03 23:30')
  })

  it('that are left are minutes and seconds', () => {
    assert.deepEqual([0, 999, 61_000, 3_600_000, -5].map(leftTime), ['0:00', '0:01', '1:01', '60:00', '0:00'])
  })
})
