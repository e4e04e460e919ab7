import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SAMPLE_KINDS, sampleEpisode, sampleRevisions } from '../../../test/kit/evening/incident-sample.ts'
import { sampleReviews } from '../../../test/kit/evening/review-sample.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import { instant } from '../../core/model/units.ts'
import { LANGS } from '../../core/text/lang.ts'
import { PLAIN_FRAME } from '../../web/html/frame.ts'
import { reviewedIncidents, type SiteReviews } from '../incident/reviewed.ts'
import { urls } from '../urls.ts'

const { id, incidents: MEMBERS } = sampleEpisode
type Site = Awaited<ReturnType<typeof sampleSite>>
const text = async (path: string, site?: Site): Promise<string> => {
  const answer = await (site ?? (await sampleSite({ simulated: true }))).request(path)
  assert.equal(answer.status, 200, path)
  return (await answer.text()).replaceAll('\u00a0', ' ')
}
const goesTo = async (path: string, site: Site): Promise<string | null> => {
  const answer = await site.request(path)
  return answer.status === 302 ? answer.headers.get('location') : String(answer.status)
}
const codeIn = (html: string): string => /Kuager, (\w{4}-\w{4})\)/.exec(html)?.[1] ?? 'none'
/** The journal of the evening with some incidents on hold. */
const holding = (ids: readonly string[]): { incidents: ReturnType<typeof memoryIncidents>; reviews: SiteReviews } => {
  const journal = memoryIncidents(sampleRevisions(), [sampleEpisode])
  const reviews: SiteReviews = {
    ...sampleReviews(journal),
    of: (incident) => ({ standing: ids.includes(incident) ? 'held' : 'none', acts: [] }),
  }
  return { incidents: { ...journal, ...reviewedIncidents(journal, reviews) }, reviews }
}

describe('the page of an episode', () => {
  it('says what, when, where and how sure, with each incident, in every language', async () => {
    for (const lang of LANGS) {
      const html = await text(urls.episode(lang, id))
      for (const part of ['Facebook', 'Telegram', 'YouTube', '20:02', '22:04', 'AS64496', 'AS64500'])
        assert.ok(html.includes(part), `${lang}: ${part}`)
      for (const one of MEMBERS) assert.ok(html.includes(`href="${urls.incident(lang, one)}"`), one)
      for (const place of [urls.service(lang, 'telegram'), '/n/AS64496', '/n/AS64500']) assert.ok(html.includes(place))
    }
  })

  it('is led to by each of its incidents, and by no other', async () => {
    for (const one of MEMBERS)
      assert.match(
        await text(urls.incident('en', one)),
        /class="episode">\s*<a href="\/en\/e\/[^"]*"\s*>[^<]*In all: 3</,
      )
    assert.doesNotMatch(await text(urls.incident('en', SAMPLE_KINDS.running.id)), /class="episode"/)
    const held = await sampleSite(holding(MEMBERS.slice(1)))
    assert.doesNotMatch(await text(urls.incident('en', MEMBERS[0] ?? ''), held), /class="episode"/)
  })

  it('has a joint weight that is no product, and each conclusion with its incidents', async () => {
    const html = await text(urls.episode('en', id))
    assert.match(
      html,
      /fit blocking better than a technical fault \(evidence: moderate, step 2 of 6\): 2 of 3 incidents\./,
    )
    assert.match(html, /Combined ratio of the episode: .*numbers of incidents must not be multiplied/s)
  })

  it('offers a sentence, a paragraph and a quotation with one check code, what not to write beside', async () => {
    const html = await text(urls.episode('en', id))
    assert.equal(html.match(/data-copy="Copy"/g)?.length, 3)
    const code = codeIn(html)
    assert.match(code, /^\w{4}-\w{4}$/)
    assert.equal(html.split(code).length - 1, 3)
    assert.match(html, /Please do not write/)
    assert.match(html, /<blockquote class="quote">\s*<p>Simulated/)
  })

  it('is found by its code, in any case, and by its id in a search', async () => {
    const site = await sampleSite()
    const code = codeIn(await text(urls.episode('en', id), site))
    assert.equal(await goesTo(urls.code('kk', code.toLowerCase()), site), urls.episode('kk', id))
    assert.ok((await text(urls.search('ru', id), site)).includes(`href="${urls.episode('ru', id)}"`))
    assert.ok((await text(urls.search('en', code), site)).includes(urls.code('en', code)))
  })

  it('keeps the code of a former state, which leads to the revisions of that time, after a new start too', async () => {
    const journal = memoryIncidents(sampleRevisions(), [sampleEpisode])
    const before = codeIn(await text(urls.episode('en', id), await sampleSite({ incidents: journal })))
    const last = sampleRevisions().findLast((one) => one.id === MEMBERS[2])!
    await journal.publish(
      [{ ...last, revision: last.revision + 1, revisedAt: instant(last.revisedAt + 1000) }],
      [sampleEpisode],
    )
    const site = await sampleSite({ incidents: journal })
    assert.notEqual(codeIn(await text(urls.episode('en', id), site)), before)
    const page = await text(urls.code('en', before), site)
    assert.match(page, /has changed since the code was made/)
    for (const one of [urls.incident('en', last.id, { revision: '2' }), urls.episode('en', id)])
      assert.ok(page.includes(`href="${one}"`), one)
  })

  it('leads from a former address to where its incident is now', async () => {
    const renamed = { ...sampleEpisode, id: `episode-${MEMBERS[1]}` }
    const moved = await sampleSite({ incidents: memoryIncidents(sampleRevisions(), [renamed]) })
    assert.equal(await goesTo(urls.episode('kk', id), moved), urls.episode('kk', renamed.id))
    const alone = await sampleSite({ incidents: memoryIncidents(sampleRevisions(), []) })
    assert.equal(await goesTo(urls.episode('kk', id), alone), urls.incident('kk', MEMBERS[0] ?? ''))
    const gone = `episode-${SAMPLE_KINDS.withdrawn.id}`
    assert.equal(await goesTo(urls.episode('kk', gone), alone), urls.incident('kk', SAMPLE_KINDS.withdrawn.id))
    for (const none of ['episode-nothing', MEMBERS[0] ?? '', 'x'])
      assert.equal(await goesTo(urls.episode('kk', none), alone), '404', none)
  })

  it('shows nothing of what is on hold: neither its times nor its places nor a rule without exceptions', async () => {
    const [first = '', ...rest] = MEMBERS
    const whole = codeIn(await text(urls.episode('en', id), await sampleSite(holding([]))))
    const site = await sampleSite(holding([first]))
    const html = await text(urls.episode('en', id), site)
    assert.doesNotMatch(html.split('<main')[1] ?? '', /Facebook|AS64496|No others were affected/)
    assert.match(html, /: 2 of 2 incidents/)
    const code = codeIn(html)
    assert.equal(await goesTo(urls.code('en', code), site), urls.episode('en', id))
    assert.match(await text(urls.code('en', whole), site), /has changed since the code was made/)
    const one = await sampleSite(holding(rest))
    assert.equal(await goesTo(urls.episode('en', id), one), urls.incident('en', first))
    const none = await sampleSite(holding(MEMBERS))
    assert.equal(await goesTo(urls.episode('en', id), none), urls.incident('en', first))
  })

  it('is in the sitemap, in the interface for programs and in a feed of its own', async () => {
    const site = await sampleSite({ frame: { ...PLAIN_FRAME, origin: 'https://kuager.example' } })
    assert.ok((await text('/sitemap.xml', site)).includes(`https://kuager.example${urls.episode('kk', id)}<`))
    const body = JSON.parse(await text(urls.apiEpisodes(id), site)) as {
      episodes: readonly { id: string; incidents: readonly { id: string }[]; conclusions: readonly object[] }[]
    }
    assert.deepEqual(
      body.episodes.map((one) => [one.id, one.incidents.map((incident) => incident.id)]),
      [[id, MEMBERS]],
    )
    assert.deepEqual(body.episodes[0]?.conclusions, [
      { word: 'blocking', incidents: 2, support_least: 'moderate', support_most: 'moderate' },
      { word: 'not-determined', incidents: 1, support_least: 'none', support_most: 'none' },
    ])
    const feed = await text(urls.feedOfEpisodes('en'), site)
    const ids = [...feed.matchAll(/<id>([^<]*)<\/id>/g)].map(([, one = '']) => one)
    assert.ok(ids.includes(`tag:kuager.example,2026:e/${id}`))
    assert.ok(!MEMBERS.some((one) => ids.some((tag) => tag.endsWith(`i/${one}`))))
    assert.ok(ids.some((tag) => tag.endsWith(`i/${SAMPLE_KINDS.running.id}`)))
    assert.ok(feed.includes(codeIn(await text(urls.episode('en', id), site))))
  })
})

describe('the list of episodes for programs', () => {
  const { running, throttled } = SAMPLE_KINDS
  const other = { ...sampleEpisode, id: `episode-${throttled.id}`, incidents: [throttled.id, running.id] }
  const single = { ...sampleEpisode, id: 'episode-single', incidents: [SAMPLE_KINDS.openStart.id] }
  const site = sampleSite({ incidents: memoryIncidents(sampleRevisions(), [single, sampleEpisode, other]) })
  const list = async (query: string): Promise<{ ids: readonly string[]; next: string | null }> => {
    const body = JSON.parse(await text(`/api/v1/episodes${query}`, await site)) as {
      episodes: readonly { id: string }[]
      next: string | null
    }
    return { ids: body.episodes.map((one) => one.id), next: body.next }
  }

  it('comes in parts, newest start first, without single incidents', async () => {
    const whole = await list('')
    assert.deepEqual([whole.ids.toSorted(), whole.next], [[id, other.id].toSorted(), null])
    const first = await list('?limit=1')
    const second = await list(`?limit=1&cursor=${first.next}`)
    assert.deepEqual([[...first.ids, ...second.ids], second.next], [whole.ids, null])
    assert.equal((await (await site).request('/api/v1/episodes?cursor=AAAA')).status, 400)
  })

  it('has those with an incident of a service or a network, whole', async () => {
    assert.deepEqual((await list('?service=telegram')).ids, [id])
    assert.deepEqual((await list('?network=as64497')).ids, [other.id])
    assert.deepEqual((await list('?service=signal')).ids, [])
    assert.deepEqual((await list('?id=episode-nothing')).ids, [])
  })
})

describe('the picture of an entry', () => {
  it('has a row for each network, named by a link, and says in words what each bar shows', async () => {
    const html = await text(urls.episode('en', id))
    const picture = html.split('class="lanes"')[1]?.split('class="legend"')[0] ?? ''
    assert.deepEqual(
      [...picture.matchAll(/<a href="([^"]*)">/g)].map(([, href]) => href),
      ['/en/n/AS64496', '/en/n/AS64500'],
    )
    const labels = [...picture.matchAll(/role="img"\s+aria-label="([^"]*)"/g)].map(([, label]) => label)
    assert.match(
      labels[0] ?? '',
      /^Example Mobile \(AS64496\)\. Facebook: partly restricted, \d\d:\d\d – \d\d:\d\d \(no data: \d\d:\d\d–\d\d:\d\d\)\.$/,
    )
    assert.match(
      labels[1] ?? '',
      /^Example Rail \(AS64500\)\. Telegram: restricted, .*; YouTube: restricted, 20:02 – 22:04\.$/,
    )
    assert.equal(picture.match(/class="z-half"/g)?.length, 1)
    assert.equal(picture.match(/class="z-shut"/g)?.length, 2)
    assert.doesNotMatch(picture, /style=|<style/)
  })

  it('draws dots where nothing was measured and after the last measurement, and none elsewhere', async () => {
    const of = async (incident: string): Promise<string> =>
      (await text('/en/incidents'))
        .split(`data-start="${incident}"`)[1]
        ?.split('</li>\n  </ul>')[0]
        ?.split('class="x"')[0] ?? ''
    assert.match(await of(SAMPLE_KINDS.running.id), /class="z-none" d="M\d+ 5H1000"/)
    assert.doesNotMatch(await of(SAMPLE_KINDS.throttled.id), /z-none/)
    const [from, until] = [instant(Date.UTC(2026, 2, 5, 15, 30)), instant(Date.UTC(2026, 2, 5, 16))]
    const gap = { ...SAMPLE_KINDS.finished, gaps: [{ from, until, couldHideMinutes: 5 }] }
    const site = await sampleSite({ incidents: memoryIncidents([gap]) })
    const html = await text('/en/incidents', site)
    assert.match(html, /class="z-none" d="M\d+ 5H\d+"/)
    assert.match(html, /YouTube: restricted, 20:02 – 22:04 \(no data: 20:30–21:00\)/)
    assert.match(html, /class="z-shut" d="M\d+ 1H\d+V9H\d+zM\d+ 1H\d+/)
  })
})
