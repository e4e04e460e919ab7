import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JudgedTarget } from '../../core/judge/nettest/browser-check.ts'
import type { CheckPlan, CrowdOutcome } from '../../core/model/people/crowd-check.ts'
import { CATALOGUE } from '../../core/text/catalogue.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { endingOf, type CheckEnding } from './ending.ts'
import { clockTime, leftTime, sayFrom, type Say, type CheckWords } from './words.ts'

const TOOL = 'crowd.tool.'
const wordsOf = (lang: Lang): CheckWords =>
  Object.fromEntries(
    Object.entries(CATALOGUE[lang]).flatMap(([key, text]) =>
      key.startsWith(TOOL) ? [[key.slice(TOOL.length), text]] : [],
    ),
  ) as CheckWords // every word has its key
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
    { service: 'telegram', failing: 14, of: 17, since_utc: '2026-03-05T15:05:00Z', people: 6, people_open: null },
    { service: 'youtube', failing: 0, of: 9, since_utc: null, people: null, people_open: null },
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
    readonly others?: CheckPlan['others']
    readonly interrupted?: boolean
  } = {},
): CheckEnding => {
  const { lang = 'en', online = true, network = 'Kcell', shield = false, away = false } = given
  const { answered = [], silent = [], others = PLAN.others, interrupted: isInterrupted = false } = given
  const results = outcomes.map((outcome, nth): JudgedTarget => {
    const service = PLAN.targets[nth]?.service ?? ''
    return { service, outcome, ...(shield ? { mayBeShield: true } : {}) }
  })
  return endingOf(
    { judged: { online, results, answered, controls: { answered: online ? [UP] : [], silent } }, isInterrupted },
    { say: say(lang), lang, plan: { ...PLAN, others }, network: away ? undefined : network, isAway: away, now: NOW },
  )
}

describe('endingOf()', () => {
  it('says in one sentence what does not answer, that the rest does, and how many others see the same since when', () => {
    const { sentence, lines } = ending(['black-hole', 'reachable', 'reachable'])
    assert.equal(
      sentence,
      'On your network (Kcell) the site of Telegram does not answer, everything else does; 14 others on this network see the same since 20:05.',
    )
    assert.deepEqual(lines, [
      'Telegram: it is the same for others on this network. Devices of volunteers: 14 of 17. Since 20:05.',
      'Telegram: people who had problems in the last two hours: 6.',
    ])
  })

  it('says the same in Kazakh and Russian', () => {
    assert.equal(
      ending(['interference', 'reachable', 'slow'], { lang: 'kk' }).sentence,
      'Желіңізде (Kcell) Telegram сайты жауап бермейді, қалғандары ашылады; осы желіде тағы 14 құрылғыда да солай, басталғаны 20:05.',
    )
    assert.deepEqual(ending(['interference', 'reachable', 'slow'], { lang: 'kk' }).lines.slice(0, 1), [
      'Telegram: осы желідегі басқаларда да солай. Ашылмаған құрылғылар: 14 (барлығы\u00a017). Басталғаны: 20:05.',
    ])
    assert.equal(
      ending(['interference', 'reachable', 'reachable'], { lang: 'ru' }).sentence,
      'В вашей сети (Kcell) сайт Telegram не отвечает, остальные открываются; ещё на 14 устройствах этой сети то же самое с 20:05.',
    )
    assert.equal(
      ending(['interference', 'black-hole', 'reachable'], { lang: 'ru' }).sentence,
      'В вашей сети (Kcell) не отвечают сайты: Telegram, YouTube. Остальные открываются; у других в этой сети то же: Telegram.',
    )
  })

  it('says of an address abroad that a VPN may have been checked, also where everything opens', () => {
    const { sentence, lines } = ending(['reachable', 'reachable', 'reachable'], { away: true })
    assert.equal(sentence, 'On this connection everything on the list answers.')
    assert.match(lines[0] ?? '', /If a VPN is on, the check tested the VPN, not your network/)
  })

  it('says of what answered without the control host that the line is up', () => {
    const { lines } = ending(['unknown', 'unknown'], { online: false, answered: ['youtube'] })
    assert.match(
      lines.join(' '),
      /no control server can be reached from this network.*did answer: YouTube\. So your connection works/,
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
      /^YouTube: it opens for others on this network\. Devices that measured: 9\. The problem may be on your side\.$/,
    )
    assert.match(lines[1] ?? '', /^Signal: we do not know what others on this network see\.$/)
  })

  const seen = (given: Partial<CheckPlan['others'][0]>, service = 'telegram'): CheckPlan['others'][0] => ({
    service,
    failing: 0,
    of: 0,
    since_utc: null,
    people: null,
    people_open: null,
    ...given,
  })
  const clause = (given: Partial<CheckPlan['others'][0]>, lang: Lang = 'en'): string =>
    /(?:;.*)?\.$/.exec(ending(['black-hole', 'reachable'], { lang, others: [seen(given)] }).sentence)?.[0] ?? ''

  it('ends with what others see: devices where there are any, people where there are none, and both sides alike', () => {
    assert.equal(clause({ failing: 2, of: 2 }), '; 2 others on this network see the same.')
    assert.equal(clause({ failing: 1, of: 1 }), '.', 'one device may have a fault of its own')
    assert.equal(clause({ failing: 1, of: 1, people_open: 60 }), '; for 60 people on this network it opened.')
    assert.equal(clause({ failing: 21, of: 30 }, 'ru'), '; ещё на 21 устройстве этой сети то же самое.')
    assert.equal(clause({ failing: 22, of: 30 }, 'ru'), '; ещё на 22 устройствах этой сети то же самое.')
    assert.match(clause({ failing: 2, of: 12 }), /different things: on 2 of 12 devices it does not open\.$/)
    assert.match(clause({ failing: 6, of: 12, people: 50 }), /different things/)
    assert.equal(clause({ of: 12, people: 50 }), '; for 12 others on this network it opens.')
    assert.equal(clause({ people: 6 }), '; 6 people on this network say the same.')
    assert.equal(clause({ people: 6, people_open: 60 }), '; for 60 people on this network it opened.')
    assert.equal(clause({ people: 6, people_open: 6 }), '.')
    assert.equal(ending(['black-hole', 'reachable'], { others: [] }).sentence.includes(';'), false)
  })

  it('says of people for whom it opened as much as of those for whom it did not', () => {
    const { lines } = ending(['black-hole'], { others: [seen({ people: 6, people_open: 60 })] })
    assert.deepEqual(lines, [
      'Telegram: people who had problems in the last two hours: 6.',
      'Telegram: people for whom it opened in the last two hours: 60.',
    ])
  })

  it('says of several what others see of all of them, or of which', () => {
    const two: readonly CrowdOutcome[] = ['black-hole', 'interference', 'reachable']
    const of = (...others: CheckPlan['others']): string => ending(two, { others }).sentence
    const fails = { failing: 3, of: 4 }
    assert.match(
      of(seen(fails), seen(fails, 'youtube')),
      /: Telegram, YouTube\. Everything else does; others on this network see the same\.$/,
    )
    assert.match(of(seen({ of: 4 }), seen({ of: 2 }, 'youtube')), /does; for others on this network they open\.$/)
    assert.match(of(seen({ of: 4 }), seen(fails, 'youtube')), /does; the same for others on this network: YouTube\.$/)
    assert.match(of(seen({ of: 4 })), /Everything else does\.$/)
  })

  it('says where nothing on the list answers that the control server did', () => {
    for (const [lang, words] of [
      ['en', 'no site on the list answers, but our control server does'],
      ['ru', 'не отвечает ни один сайт из списка, а наш контрольный сервер отвечает'],
      ['kk', 'бірде-бір сайт жауап бермейді, ал бақылау серверіміз жауап береді'],
    ] as const)
      assert.ok(
        ending(['black-hole', 'black-hole', 'interference'], { lang, others: [] }).sentence.endsWith(`${words}.`),
        lang,
      )
  })

  it('says nothing of a check that sleep or another line spoilt, but that it did', () => {
    const { sentence, lines } = ending([], { interrupted: true, online: false })
    assert.match(sentence, /^Your device slept or the network changed/)
    assert.deepEqual(lines, [])
  })

  it('calls nothing else open where something is not clear', () => {
    assert.match(ending(['black-hole', 'unknown', 'reachable']).sentence, /Services that do: 1 of 3\.$/)
    assert.match(ending(['unknown', 'unstable', 'not-the-site']).sentence, /There is no clear result for any service/)
    assert.match(
      ending(['unknown', 'reachable', 'reachable']).sentence,
      /^On your network \(Kcell\) 2 of 3 services answer\./,
    )
    assert.deepEqual(ending(['unknown', 'unstable', 'not-the-site']).lines, [
      'Something else appears in place of the site: Signal.',
      'Answer only some of the time: YouTube.',
      'Not clear: Telegram.',
    ])
  })

  it('says nothing of services where the line itself was down, and no network where none is known', () => {
    assert.match(ending(['unknown', 'unknown', 'unknown'], { online: false }).sentence, /^No control server answered/)
    const results: JudgedTarget[] = [{ service: 'signal', outcome: 'reachable' }]
    const { sentence } = endingOf(
      {
        judged: { online: true, results, answered: [], controls: { answered: [UP], silent: [] } },
        isInterrupted: false,
      },
      { say: say('en'), lang: 'en', plan: PLAN, network: undefined, isAway: false, now: NOW },
    )
    assert.equal(sentence, 'On your network everything on the list answers.')
  })

  it('names the browser’s own protection wherever it may be that', () => {
    assert.match(ending(['interference'], { shield: true }).lines.join(' '), /Some browsers stop requests/)
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
      '$& {people}: people who had problems in the last two hours: 5.',
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
