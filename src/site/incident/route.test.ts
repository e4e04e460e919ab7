import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { SAMPLE_KINDS, sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import { quotedOf } from '../../core/model/incident/cause.ts'
import type { OthersRecord } from '../../core/model/tables/others.ts'
import { parseInstant } from '../../core/model/units.ts'
import { outcomeName } from '../../core/text/sentence/cause.ts'
import { numberWords, pairsSentences } from '../../core/text/sentence/incident-verdict.ts'
import { oddsText, timesText } from '../../core/text/sentence/incident.ts'
import { LANGS } from '../../core/text/lang.ts'
import { PLAIN_FRAME } from '../../web/html/frame.ts'

const { finished, running, withdrawn, partly, insufficient, throttled } = SAMPLE_KINDS
const get = async (path: string, site = sampleSite({ simulated: true })): Promise<Response> =>
  (await site).request(path)
const text = async (path: string, site?: ReturnType<typeof sampleSite>): Promise<string> => {
  const answer = await get(path, site)
  assert.equal(answer.status, 200, path)
  return (await answer.text()).replaceAll('\u00a0', ' ')
}

const plain = (words: string): string => words.replaceAll('\u00a0', ' ')

describe('the page of an incident', () => {
  it('answers first, with both times, their intervals and their brackets, in every language', async () => {
    for (const lang of LANGS) {
      const html = await text(`/${lang}/i/${finished.id}`)
      const head = html.slice(0, html.indexOf('id="quotation"'))
      for (const part of ['20:02', '19:58–20:05', '22:04', '21:59–22:09', '20:01', '15:02 (14:58–15:05)'])
        assert.ok(head.includes(part), `${lang}: ${part}`)
    }
    assert.match(await text(`/kk/i/${finished.id}`), /<h1>.*YouTube ашылмады/s)
  })

  it('is simulated on its first line, in each figure, in the quotation and in the citation', async () => {
    const html = await text(`/en/i/${finished.id}`)
    assert.match(html, /<body>.{0,4000}class="sim"/s)
    assert.match(html, /<blockquote class="quote">\s*<p>Simulated/)
    assert.match(html, /class="cite">[^<]*Simulated/)
    for (const id of ['axis-narrow-d', 'axis-broad-d']) assert.match(html, new RegExp(`<desc id="${id}">Simulated`))
  })

  it('draws the axis twice without inline style, and gives the same data as a table', async () => {
    const html = await text(`/en/i/${finished.id}`)
    assert.equal(html.match(/<svg class="chart (narrow|broad)"/g)?.length, 2)
    assert.doesNotMatch(html, /<style|\sstyle=|<script(?! defer src="\/assets\/)|\son[a-z]+=/)
    assert.match(html, /Table, step: 30 min/)
    assert.match(html, /not counted as/)
  })

  it('weighs by the number to quote first, and by the ratio of averages below it', async () => {
    const rows = async (incident: typeof finished): Promise<readonly string[]> =>
      [
        ...(await text(`/en/i/${incident.id}`)).matchAll(
          /class="(?:sum|rival)">.*?<b>([^<]*)<\/b\s*><span class="lr">([^<]*)</gs,
        ),
      ].map(([, name, times]) => `${name}: ${times}`)
    for (const incident of [finished, throttled]) {
      const { cause } = incident
      assert.deepEqual(await rows(incident), [
        `Number to quote: ${plain(timesText('en', quotedOf(cause).log10Lr))}`,
        `Ratio of averages: ${plain(timesText('en', cause.log10Lr))}`,
      ])
    }
    assert.match(await text(`/en/i/${throttled.id}`), /Compared with: faulty CDN node\./)
  })

  it('shows the pairs before the verdict, and what the number says and does not say next to it', async () => {
    for (const lang of LANGS) {
      const page = await text(`/${lang}/i/${finished.id}`)
      const [pairs = '', how = ''] = pairsSentences(lang, finished.cause).map(plain)
      const [is = '', not = ''] = numberWords(lang, finished.cause).meaning.map(plain)
      const sure = page.indexOf('class="sure"')
      assert.ok(pairs !== '' && page.indexOf(pairs.slice(0, 40)) > 0 && page.indexOf(pairs.slice(0, 40)) < sure, lang)
      for (const sentence of [how, is, not]) assert.ok(page.includes(sentence.slice(0, 40)), `${lang}: ${sentence}`)
    }
    assert.doesNotMatch(await text(`/en/i/${partly.id}`), /pairs alone/)
    assert.match(await text(`/en/i/${running.id}`), /too little to show dependence on the name/)
  })

  it('says of every count what it is a part of, and how what an item adds may leave its interval', async () => {
    const slow = await text(`/en/i/${throttled.id}`)
    assert.match(
      slow,
      /within at most three intervals between measurements \(measurements up to three hours before and after the start: 115 of 115; devices: 6\)/,
    )
    assert.match(slow, /answered correctly \(failed or slow measurements for which this is known: 49 of 49;/)
    assert.match(slow, /Measurements in the chart, including before and after the incident: 93\./)
    assert.match(
      slow,
      /latest end: 55\.[\s\S]*Each piece of evidence uses only the measurements that have the data it needs\./,
    )
    const shut = await text(`/en/i/${finished.id}`)
    assert.match(
      shut,
      /On its own: 1\.3 \(1\/1\.1–1\.7\)\.\s+Added to the evidence before it, this piece contributes 5\.8 to 1/,
    )
    assert.match(shut, /A piece adds more if earlier pieces ruled out the faults that would explain it/)
    assert.match(
      shut.split('id="against"')[0] ?? '',
      /Other service owners [^.]* from the same time on this network: 1 of 3\./,
    )
    assert.match(
      shut,
      /At least one service of another owner began to fail at about the same time \(within 30 minutes\) \(owners of services: 1 of 3;/,
    )
  })

  it('counts tests not run and their results apart', async () => {
    const page = await text(`/en/i/${throttled.id}`)
    const { unseen, word } = throttled.cause
    const results = unseen.flatMap(({ after }) => after).filter((one) => one.word !== word).length
    const tests = unseen.filter(({ after }) => after.some((one) => one.word !== word)).length
    assert.ok(results > 0)
    assert.match(
      page,
      new RegExp(`Tests not run: ${unseen.length}\\. Those that could change the conclusion: ${tests} \\(`),
    )
    assert.match(
      page,
      new RegExp(
        `Tests not run that could change the conclusion: ${tests}\\. Results of those tests that would change it: ${results}\\.`,
      ),
    )
    assert.equal(page.split('The conclusion would then be').length - 1, results)
  })

  it('works out the odds from the starting point that was chosen, and takes no other', async () => {
    const { log10Lr } = quotedOf(finished.cause)
    const even = plain(oddsText('en', log10Lr))
    assert.ok((await text(`/en/i/${finished.id}`)).includes(`<b>${even}</b>`))
    const low = plain(oddsText('en', log10Lr - Math.log10(20)))
    assert.ok((await text(`/en/i/${finished.id}?prior=1:20`)).includes(`<b>${low}</b>`))
    assert.equal((await get(`/en/i/${finished.id}?prior=1:7`)).status, 400)
    assert.equal((await get(`/en/i/${finished.id}?who=me`)).status, 400)
  })

  it('shows an earlier revision as such, and the newest one without being asked', async () => {
    assert.match(await text(`/en/i/${finished.id}?revision=1`), /This is an earlier revision: 1/)
    assert.doesNotMatch(await text(`/en/i/${finished.id}`), /This is an earlier revision/)
    assert.equal((await get(`/en/i/${finished.id}?revision=9`)).status, 404)
    assert.equal((await get('/en/i/nothing-of-the-kind')).status, 404)
  })

  it('has honest words for what goes on, was withdrawn, is partial or stands on too little', async () => {
    const goesOn = await text(`/en/i/${running.id}`)
    assert.match(goesOn, /Instagram does not open.*ongoing.*up to the last measurement/s)
    assert.match(goesOn, /Last failed measurement: 5\sMarch\s2026, \d\d:\d\d\./)
    assert.doesNotMatch(goesOn, /It is not known what happened after that/)
    assert.match(
      await text(`/en/i/${withdrawn.id}`),
      /This incident was withdrawn: 5\sMarch\s2026, \d\d:\d\d\. Reason: the data no longer show a restriction/,
    )
    assert.match(await text(`/en/i/${partly.id}`), /opened only in part.*40% \(18–66%\)/s)
    const thin = await text(`/en/i/${insufficient.id}`)
    assert.match(thin, /not enough evidence/)
    assert.match(thin, /Only one device or one connection/)
    assert.match(thin, /too little evidence to draw conclusions from these numbers/)
    assert.doesNotMatch(await text(`/en/i/${finished.id}`), /too little evidence to draw conclusions/)
  })

  it('counts what is folded of the sentences not to be written, and never less than two', async () => {
    for (const kind of Object.values(SAMPLE_KINDS)) {
      const html = await text(`/en/i/${kind.id}`)
      const folded = /More to avoid: (\d+)/.exec(html)?.[1]
      assert.ok(folded === undefined || Number(folded) >= 2, `${kind.id}: ${folded}`)
    }
    assert.match(await text(`/en/i/${withdrawn.id}`), /class="four incident former"/)
  })

  it('marks what an item is worth alone, which is another value than its bar', async () => {
    const html = await text(`/en/i/${finished.id}`)
    const items = html.slice(html.indexOf('id="items"'), html.indexOf('id="prior-name"'))
    assert.equal(items.match(/class="wh mid"/g)?.length, finished.cause.items.length)
    assert.match(items, /the piece on its own/)
  })

  it('says of an invented one that was published another day in which time it goes on', async () => {
    const later = { ...running, revisedAt: parseInstant('2026-03-07T09:00:00Z') }
    const site = sampleSite({ simulated: true, incidents: memoryIncidents([later]) })
    const html = await text(`/en/i/${later.id}`, site)
    assert.match(html, /Ongoing in the simulated time, which ends with the last measurement: 5 March 2026, 22:45/)
    assert.doesNotMatch(html.slice(0, html.indexOf('id="quotation"')), /Updated: 7 March/)
  })

  it('speaks of a withdrawn one in the past, without numbers to quote or people to count', async () => {
    const html = await text(`/en/i/${withdrawn.id}`)
    const answers = html.split('<dl')[1]?.split('id="quotation"')[0] ?? ''
    assert.match(html, /Below is the earlier revision/)
    assert.match(answers, /Previous conclusion: /)
    assert.doesNotMatch(answers, /times more probable|conservative one to quote/)
    assert.match(html, /The incident is withdrawn, so no estimate is shown/)
  })

  it('marks each section of what was withdrawn as the former edition, and says in numbers what came after it', async () => {
    const html = await text(`/en/i/${withdrawn.id}`)
    assert.match(
      html,
      /first revision: 176\. Among all measurements now available between the former start and end, the service opened in 132 of 155\. Devices on which it opened: 19\./,
    )
    assert.match(
      html,
      /Points and measurement counts: all data available today\. Curve, start and end: from the withdrawn revision\./,
    )
    for (const id of ['weight', 'prior', 'change', 'checks', 'measurements'])
      assert.match(html, new RegExp(`id="${id}(-name)?">[^<]*</h2>\\s*<(p|span)>Earlier revision\\. `), id)
    assert.match(html, /<div class="former">\s*<table class="we"/)
    assert.doesNotMatch(
      await text(`/en/i/${finished.id}`),
      /[Ee]arlier revision\.|earlier revision, kept|class="former"/,
    )
  })

  it('says once that the id is a name, not the time of the start', async () => {
    const page = await text(`/en/i/${throttled.id}`)
    assert.equal(page.split('The ID is only a name, ').length - 1, 1)
  })

  it('puts what speaks for interference against a fault, and counts no people where evidence is too little', async () => {
    const [first, ...rest] = sampleIncident().cause.items
    if (first === undefined) return assert.fail('no item')
    const items = [{ ...first, log10Lr: 1 }, ...rest.map((item) => ({ ...item, log10Lr: -0.5 }))]
    const incident = sampleIncident({ cause: { ...sampleIncident().cause, word: 'fault', log10Lr: -2, items } })
    const site = sampleSite({ simulated: true, incidents: memoryIncidents([incident]) })
    const against = (await text(`/en/i/${incident.id}`, site)).split('id="against"')[1]?.split('</div>')[0] ?? ''
    assert.ok(against.includes(outcomeName('en', first, first.outcome).slice(1)), against)
    assert.ok(!rest.some((item) => against.includes(outcomeName('en', item, item.outcome).slice(1))), against)
    assert.match(await text(`/en/i/${insufficient.id}`), /too little evidence, so no estimate is shown/)
  })

  it('says of a slow one nothing of failing: neither its curve nor its devices', async () => {
    const html = await text(`/en/i/${SAMPLE_KINDS.throttled.id}`)
    assert.match(html, /Probability of slowness/)
    assert.doesNotMatch(html.split('id="prior"')[0] ?? '', /Probability of failure|could not open it/)
  })

  it('says blocking nowhere but where the word rule gave it', async () => {
    for (const incident of [partly, insufficient]) {
      const main = (await text(`/kk/i/${incident.id}`)).split('<main')[1] ?? ''
      // What no one is to write has the word in its quotation marks.
      const own = (main.split('id="change"')[0] ?? '').replace(/<div class="not">.*?<\/div>/s, '')
      assert.doesNotMatch(own, /бұғатта/iu, incident.id)
    }
    assert.match(await text(`/kk/i/${finished.id}`), /бұғаттауға көбірек ұқсайды/)
  })

  it('gives its bytes to programs, with the digest that the page cites', async () => {
    const body = Buffer.from(await (await get(`/api/v1/incident/${finished.id}`)).arrayBuffer())
    const digest = createHash('sha256').update(body).digest('hex')
    assert.ok((await text(`/en/i/${finished.id}`)).includes(digest))
    assert.match(body.toString('utf8'), /"revision":2/)
  })

  it('says where an item was read in words, and leads to the measurement where it was one', async () => {
    const base = sampleIncident()
    const id = 'c'.repeat(64)
    const sources = [id, 'series', 'verdicts', 'erased']
    const items = base.cause.items.slice(0, 4).map((item, i) => ({ ...item, source: sources[i]! })) // as many as sources
    const incident = { ...base, cause: { ...base.cause, items } }
    const site = sampleSite({ simulated: true, incidents: memoryIncidents([incident]) })
    for (const lang of LANGS) {
      const html = await text(`/${lang}/i/${incident.id}`, site)
      assert.match(html, new RegExp(`href="/${lang}/m/${id}">${id.slice(0, 12)}</a>`))
      assert.doesNotMatch(html, /: (?:series|verdicts|erased)\./)
    }
    assert.match(await text(`/ru/i/${incident.id}`, site), /Источник: измерение стёрто\./)
  })

  it('names what the number of people rests on in the language of the page', async () => {
    const html = await text(`/kk/i/${finished.id}`)
    assert.match(html, /Желі пайдаланушылары: AS64500/)
    assert.match(html, /Негізге алынған өлшемдер, 2026-03-05/)
    for (const lang of LANGS) assert.doesNotMatch(await text(`/${lang}/i/${finished.id}`), /network-users|probes:/)
  })

  it('stands without readings, and says that nothing is drawn', async () => {
    const bare = sampleSite({ simulated: true, incidents: memoryIncidents([sampleIncident({ measurements: [] })]) })
    const html = await text(`/en/i/${finished.id}`, bare)
    assert.match(html, /The list of measurements behind this incident was not stored/)
  })
})

describe('an incident beside others', () => {
  it('stands as plain text for a channel, with the code that its page shows', async () => {
    const page = await text(`/kk/i/${finished.id}`)
    const plain = await text(`/kk/i/${finished.id}.txt`)
    const code = /Тексеру коды: (\w{4}-\w{4})/.exec(plain)?.[1]
    assert.ok(code !== undefined && page.includes(code))
    assert.match(plain, /^Модельденген/)
    assert.equal((await get('/kk/i/nothing-of-the-kind.txt')).status, 404)
  })

  it('offers every starting point as a link where a server answers, and as a row without one in a copy', async () => {
    const live = await text(`/en/i/${finished.id}?prior=1:100`)
    const rows = live.slice(live.indexOf('id="prior"'), live.indexOf('id="change"'))
    assert.equal(rows.match(/href="[^"]*prior=/g)?.length, 6)
    assert.match(live, /<b aria-current="true">1 : 100<\/b>/)
    const copy = await text(
      `/en/i/${finished.id}`,
      sampleSite({ simulated: true, frame: { ...PLAIN_FRAME, medium: 'mirror' } }),
    )
    const table = copy.slice(copy.indexOf('id="prior"'), copy.indexOf('id="change"'))
    assert.equal(table.match(/<tr>/g)?.length, 8)
    assert.doesNotMatch(table, /href=/)
    assert.doesNotMatch(copy, /<form/)
  })

  it('says that this was not checked where no file covers its time, and whose figures are shown where one does', async () => {
    assert.match(await text(`/en/i/${finished.id}`), /We have none of their data/)
    const others: OthersRecord = {
      simulated: true,
      parts: [
        {
          kind: 'ooni',
          title: '<b>OONI</b>',
          url: 'https://api.ooni.io/',
          retrieved: '2026-03-07',
          from: parseInstant('2026-03-05'),
          until: parseInstant('2026-03-06'),
          counts: [],
        },
      ],
    }
    const record = { events: [], statements: [], others, simulated: true }
    const html = await text(`/en/i/${finished.id}`, sampleSite({ simulated: true, record }))
    assert.match(html, /There is no measurement of this service on these days/)
    assert.match(html, /&lt;b&gt;OONI&lt;\/b&gt;<\/a\s*>\.\s+Retrieved: 7 March 2026/)
    assert.equal(html.match(/We have none of their data/g)?.length, 2) // of IODA and of Radar
  })
})

describe('the page of corrections', () => {
  it('lists every revision after the first with its reason, newest first', async () => {
    const html = await text('/en/corrections')
    assert.ok(html.indexOf('new measurements arrived') > 0)
    assert.ok(html.indexOf('new measurements arrived') < html.indexOf('the data no longer show a restriction'))
    // Late measurements moved the share, and nothing that a reader sees changes without notice.
    assert.match(
      html,
      /<th scope="row">Share that failed[^<]*<\/th>\s*<td>90 <span class="nw">\(65\u201398\)%<\/span><\/td>\s*<td><b>91 <span class="nw">\(67\u201398\)%/,
    )
    assert.match(html, /<th scope="row">Withdrawn<\/th>\s*<td>no<\/td>\s*<td><b>yes<\/b><\/td>/)
  })
})
