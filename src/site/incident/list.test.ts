import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SAMPLE_KINDS, sampleEpisode } from '../../../test/kit/evening/incident-sample.ts'
import { memoryWarehouse } from '../../../test/kit/stores/memory-warehouse.ts'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'

const { finished, running, partly } = SAMPLE_KINDS
const get = async (path: string, site = sampleSite({ simulated: true })): Promise<Response> =>
  (await site).request(path)
const text = async (path: string, site?: ReturnType<typeof sampleSite>): Promise<string> => {
  const answer = await get(path, site)
  assert.equal(answer.status, 200, path)
  return (await answer.text()).replaceAll('\u00a0', ' ')
}

describe('the list of incidents', () => {
  it('has one entry for an episode, with its incidents below, and only those that were asked for', async () => {
    const entryOf = async (path: string): Promise<string> =>
      (await text(path)).split('<li class="entry"').find((part) => part.includes('youtube-as64500')) ?? ''
    const links = (entry: string): readonly string[] => [
      ...new Set([...entry.matchAll(/href="\/en\/i\/([^"]*)"/g)].map(([, id = '']) => id)),
    ]
    const whole = await entryOf('/en/incidents')
    assert.match(whole, /href="\/en\/e\/episode-facebook-as64496-20260305T1502Z"/)
    assert.match(whole, /Facebook, Telegram, YouTube: did not open or opened only in part/)
    assert.deepEqual(links(whole), sampleEpisode.incidents)
    assert.match(whole, /technical fault \(evidence: moderate, step 2 of 6\): 2 of 3 incidents/)
    assert.match(whole, /Incidents: 3/)
    assert.doesNotMatch(whole, /part-of/)
    const own = await entryOf('/en/incidents?network=AS64500')
    assert.deepEqual(links(own), sampleEpisode.incidents.slice(1))
    assert.match(own, /class="tap part-of"[^>]*>Part of an episode with more incidents. In all: 3</)
    assert.match(own, /: 2 of 2 incidents/)
  })

  it('has ongoing entries first, then finished ones, newest first, and gives what was withdrawn no times', async () => {
    const html = await text('/en/incidents')
    const places = [
      'Instagram does not open',
      'id="finished"',
      'Facebook, Telegram, YouTube',
      'WhatsApp: incident',
    ].map((part) => html.indexOf(part))
    assert.ok(places.every((place) => place > 0))
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    )
    const gone = html.split('WhatsApp: incident withdrawn')[1]?.split('</li>')[0] ?? ''
    assert.match(gone, /This incident was withdrawn: /)
    assert.doesNotMatch(gone, /Start: |End: /)
  })

  it('never takes silence for an open service: where nothing was measured, what goes on is not known', async () => {
    const told = {
      kk: /қазір шектеу бар-жоғы белгісіз/,
      ru: /есть ли сейчас ограничение, неизвестно/,
      en: /is not known/,
    }
    const empty = sampleSite({ warehouse: memoryWarehouse([]), incidents: memoryIncidents([]) })
    for (const [lang, words] of Object.entries(told))
      for (const path of [`/${lang}/incidents`, `/${lang}/matrix`]) assert.match(await text(path, empty), words, path)
    assert.match(await text('/en/incidents', empty), /No incident has been published/)
    const measured = sampleSite({ incidents: memoryIncidents([]) })
    assert.match(await text('/en/incidents?network=AS64500', measured), /No ongoing restrictions seen/)
    assert.match(await text('/en/incidents?network=AS64999', measured), /is not known/)
  })

  it('keeps to the service and network that were asked for, and takes an empty field for all', async () => {
    const html = await text('/en/incidents?service=facebook&network=')
    assert.ok(html.includes(partly.id) && !html.includes(finished.id))
    assert.match(html, /<option value="facebook" selected>/)
    const body = await text('/api/v1/incidents?network=as64497')
    assert.ok(body.includes(running.id) && !body.includes(finished.id))
    assert.equal((await get('/en/incidents?service=No Such')).status, 400)
  })

  it('counts incidents and the entries in which they are, without what is on hold', async () => {
    const countsOf = async (path: string): Promise<string | undefined> =>
      /Incidents: \d.*?\d\.(?=<)/.exec(await text(path))?.[0]
    assert.equal(
      await countsOf('/en/incidents'),
      'Incidents: 8. Ongoing: 1. Withdrawn: 1. Rows in the list: 6. Episodes with several incidents: 1.',
    )
    assert.equal(
      await countsOf('/en/incidents?service=youtube'),
      'Incidents: 2. Ongoing: 0. Withdrawn: 0. Rows in the list: 2. Episodes with several incidents: 0.',
    )
  })

  it('shows what was seen on a day of Astana, and says for programs which days these are', async () => {
    const day = await text('/en/incidents?day=2026-03-05')
    assert.match(day, /Incidents: 8\./)
    assert.match(day, /\/api\/v1\/incidents\?since=2026-03-05&amp;until=2026-03-05/)
    const before = await text('/en/incidents?day=2026-03-04&service=')
    assert.match(before, /Incidents: 0\./)
    assert.doesNotMatch(before, /id="running"/)
    for (const wrong of ['2026-02-30', 'today']) assert.equal((await get(`/en/incidents?day=${wrong}`)).status, 400)
  })

  it('counts by month, offers the same list as files and a feed, and takes no page that does not exist', async () => {
    const html = await text('/en/incidents?service=youtube')
    assert.match(html, /March 2026: entries 2, incidents 2/)
    assert.match(await text('/en/incidents'), /March 2026: entries 5, incidents 7/)
    for (const address of ['/api/v1/incidents?service=youtube', 'format=csv', '/en/feed/s/youtube.xml'])
      assert.ok(html.includes(address), address)
    assert.equal((await get('/en/incidents?page=2')).status, 404)
    assert.equal((await get('/en/incidents?page=x')).status, 400)
  })

  it('is led to by the first page, which shows what goes on above the matrix', async () => {
    const html = await text('/en/matrix')
    assert.ok(html.indexOf(running.id) > 0 && html.indexOf(running.id) < html.indexOf('id="matrix"'))
    assert.match(html, /href="\/en\/incidents"/)
  })
})
