import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { z } from 'zod'
import { contentOf, sampleDatasets, sampleMonths } from '../../../test/kit/site/sample-datasets.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import { operatorSchema } from '../../core/model/operator.ts'
import { say } from '../../core/text/format.ts'
import { LANGS } from '../../core/text/lang.ts'
import { parseInstant } from '../../core/model/units.ts'
import { PLAIN_FRAME, type Frame } from '../../web/html/frame.ts'
import { COLUMNS, TABLES } from './columns.ts'
import { filesOf } from './contract.ts'
import { lastDay, tableSchemas } from './metadata.ts'
import { monthsSection } from './page/months.ts'

type Site = Awaited<ReturnType<typeof sampleSite>>

const words = (text: string) => ({ kk: `${text} kk`, ru: `${text} ru`, en: `${text} en` })
const FRAME: Frame = {
  ...PLAIN_FRAME,
  origin: 'https://kuager.example',
  operator: operatorSchema.parse({
    name: words('</script><b>Example'),
    seat: words('Prague'),
    funders: [],
    interests: [],
    contacts: [{ kind: 'mail', value: 'desk@observatory.example' }],
    confirmed: '2026-11-20',
    licence: { name: 'CC BY 4.0', url: 'https://creativecommons.org/licenses/by/4.0/' },
  }),
}

// DataCite Metadata Schema 4.5, as its JSON form (https://schema.datacite.org/meta/kernel-4.5/): mandatory properties, and
// the words that it allows where we write one.
const text = z.string().min(1)
const lang = z.enum(['en', 'ru', 'kk'])
const withoutIdentifier = z.strictObject({
  schemaVersion: z.literal('http://datacite.org/schema/kernel-4'),
  identifiers: z.array(z.unknown()),
  creators: z.array(z.strictObject({ name: text, nameType: z.enum(['Organizational', 'Personal']) })).min(1),
  titles: z.array(z.strictObject({ title: text, lang, titleType: z.literal('TranslatedTitle').optional() })).min(1),
  publisher: z.strictObject({ name: text }),
  publicationYear: z.string().regex(/^\d{4}$/),
  types: z.strictObject({ resourceTypeGeneral: z.literal('Dataset'), resourceType: text }),
  alternateIdentifiers: z.array(z.strictObject({ alternateIdentifier: text, alternateIdentifierType: text })),
  subjects: z.array(z.strictObject({ subject: text, lang })),
  dates: z.array(
    z.strictObject({
      date: z.string().regex(/^\d{4}-\d{2}-\d{2}(\/\d{4}-\d{2}-\d{2})?$/),
      dateType: z.enum(['Collected', 'Updated']),
    }),
  ),
  language: lang,
  sizes: z.array(text),
  formats: z.array(text),
  rightsList: z.array(z.strictObject({ rights: text, rightsUri: z.url() })),
  descriptions: z.array(
    z.strictObject({ description: text, descriptionType: z.enum(['Abstract', 'TechnicalInfo', 'Other']), lang }),
  ),
  geoLocations: z.array(z.strictObject({ geoLocationPlace: text })),
})
const registered = withoutIdentifier.extend({
  identifiers: z
    .array(z.strictObject({ identifier: z.string().regex(/^10\.\d{4,9}\/\S+$/), identifierType: z.literal('DOI') }))
    .min(1),
})

const jsonOf = async (site: Site, path: string): Promise<unknown> => {
  const answer = await site.request(path)
  assert.equal(answer.status, 200, path)
  assert.equal(answer.headers.get('access-control-allow-origin'), '*')
  return answer.json()
}
const markupOf = (page: string): unknown => {
  const found = [...page.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)]
  assert.equal(found.length, 1)
  return JSON.parse(found[0]?.[1] ?? '')
}

describe('files for researchers on the site', () => {
  let site: Site
  let simulated: Site
  before(async () => {
    site = await sampleSite({ frame: FRAME, datasets: sampleDatasets() })
    simulated = await sampleSite({ simulated: true, datasets: sampleDatasets(true) })
  })
  const [newest] = sampleMonths(false)
  const [file] = newest === undefined ? [] : filesOf(newest)
  assert.ok(file)

  it('are listed on the page by month of Astana, each with rows, size and checksum', async () => {
    for (const one of LANGS) {
      const page = await (await site.request(`/${one}/data`)).text()
      for (const month of sampleMonths(false))
        for (const { name, sha256 } of filesOf(month)) {
          assert.ok(page.includes(`href="/data/files/${name}"`), name)
          assert.ok(page.includes(sha256), name)
        }
      // Of a version that is no longer there the page has the hash and no link.
      const old = sampleMonths(false)[1]?.versions[0]?.files[0]
      assert.ok(old !== undefined && page.includes(old.sha256) && !page.includes(`href="/data/files/${old.name}"`))
      assert.ok(page.includes(say(one, 'dataset.withdrawn')))
      // Open is the newest month that is over: not the running one before it, not one that is being made again.
      const open = (name = ''): string => {
        const before = page.slice(0, page.indexOf(name))
        return before.slice(before.lastIndexOf('<details')).split('>')[0] ?? ''
      }
      const names = sampleMonths(false).map((month) => filesOf(month)[0]?.name)
      assert.match(open(names[1]), / open/)
      assert.doesNotMatch(open(names[0]), / open/)
      assert.ok(
        page.includes(
          say(one, 'dataset.reason.changed', {
            added: '12',
            removed: '1',
            changed: '40',
            addedIncidents: '0',
            removedIncidents: '0',
            changedIncidents: '2',
          }),
        ),
      )
    }
  })

  it('of a month that is over, but not final yet, do not say that it is still running', () => {
    const [month] = sampleMonths(false)
    assert.ok(month?.running)
    const textFor = (asOf: string): string =>
      String(
        monthsSection('en', [{ ...month, running: { files: [], asOf: parseInstant(asOf) } }], PLAIN_FRAME),
      ).replaceAll('\u00a0', ' ')
    assert.match(textFor('2026-03-31T18:59:59Z'), /The month is not over\./)
    assert.match(textFor('2026-03-31T19:00:00Z'), /The month is over, but its files may still change/)
  })

  it('have every column explained on the page and in the table schema', async () => {
    const schema = z
      .object({
        tables: z.record(
          z.string(),
          z.object({
            fields: z.array(
              z.object({
                name: z.string(),
                type: z.string(),
                description: z.string(),
                constraints: z.object({ required: z.boolean() }),
              }),
            ),
          }),
        ),
      })
      .parse(await jsonOf(site, '/data/schema.json'))
    assert.deepEqual(tableSchemas(), await jsonOf(site, '/data/schema.json'))
    const pages = await Promise.all(LANGS.map(async (one) => (await site.request(`/${one}/data`)).text()))
    for (const table of TABLES) {
      assert.deepEqual(
        schema.tables[table]?.fields.map(({ name }) => name),
        COLUMNS[table].map(({ name }) => name),
      )
      for (const { name } of COLUMNS[table])
        for (const page of pages) assert.match(page, new RegExp(`<dt class="mono" translate="no">${name}</dt>`))
    }
  })

  it('are sent whole, by parts, or not at all if the reader has them', async () => {
    const path = `/data/files/${file.name}`
    const whole = await site.request(path)
    assert.deepEqual(Buffer.from(await whole.arrayBuffer()), contentOf(file.name))
    assert.equal(whole.headers.get('content-type'), 'application/vnd.apache.parquet')
    assert.equal(whole.headers.get('content-encoding'), null)
    const part = await site.request(path, { headers: { range: 'bytes=3-6' } })
    assert.deepEqual([part.status, await part.text()], [206, contentOf(file.name).subarray(3, 7).toString()])
    const etag = whole.headers.get('etag') ?? ''
    assert.equal((await site.request(path, { headers: { 'if-none-match': etag } })).status, 304)
    const old = sampleMonths(false)[1]?.versions[0]?.files[0]
    for (const name of [old?.name ?? '', 'month.json', '..%2Fmonth.json']) {
      const answer = await site.request(`/data/files/${name}`)
      assert.equal(answer.status, 404, name)
    }
  })

  it('are counted by sender: who asks for many waits', async () => {
    const asked: number[] = []
    const take = (_: unknown, cost: number) => {
      asked.push(cost)
      return { left: 0, wait: cost === 10 ? 7 : 0 }
    }
    const limited = await sampleSite({ datasets: sampleDatasets(), apiRate: { perSecond: 20, burst: 120, take } })
    const env = { incoming: { socket: { remoteAddress: '198.51.100.7' } } }
    const answer = await limited.request(`/data/files/${file.name}`, {}, env)
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [429, '7'])
    assert.equal((await limited.request('/data/index.json', {}, env)).status, 200)
    assert.deepEqual(asked, [10, 1])
  })

  it('have checksums and an index with every version', async () => {
    const sums = await (await site.request('/data/SHA256SUMS')).text()
    assert.match(sums, /^(?:[0-9a-f]{64} {2}kuager-[\w.-]+\n){18}$/)
    const index = z
      .object({
        simulated: z.literal(false),
        doi: z.null(),
        months: z.array(
          z.object({ month: z.string(), state: z.string(), versions: z.array(z.object({ version: z.number() })) }),
        ),
      })
      .parse(await jsonOf(site, '/data/index.json'))
    assert.deepEqual(
      index.months.map(({ month, state, versions }) => [month, state, versions.length]),
      [
        ['2026-03', 'running', 0],
        ['2026-02', 'finished', 2],
        ['2026-01', 'withdrawn', 1],
      ],
    )
  })

  it('have metadata by DataCite 4.5 with everything mandatory except a DOI, which is said not to be registered', async () => {
    const metadata = withoutIdentifier.parse(await jsonOf(site, '/data/datacite.json'))
    assert.deepEqual(metadata.identifiers, [])
    assert.ok(metadata.descriptions.some(({ description }) => description.startsWith('No DOI is registered')))
    assert.deepEqual(metadata.rightsList, [{ rights: 'CC BY 4.0', rightsUri: FRAME.operator?.licence?.url }])
    assert.deepEqual(metadata.dates[0], { date: '2026-01-01/2026-03-31', dateType: 'Collected' })
    assert.equal(registered.safeParse(metadata).success, false)
    const doi = { identifier: '10.5072/example', identifierType: 'DOI' }
    assert.equal(registered.safeParse({ ...metadata, identifiers: [doi] }).success, true)
  })

  it('state no licence where the operator states none, and that they are simulated where they are', async () => {
    const metadata = withoutIdentifier.parse(await jsonOf(simulated, '/data/datacite.json'))
    assert.deepEqual([metadata.rightsList, metadata.alternateIdentifiers], [[], []])
    assert.ok(metadata.titles[0]?.title.startsWith('Simulated: '))
    assert.ok(metadata.descriptions.some(({ description }) => description.startsWith('Simulated')))
    const page = await (await simulated.request('/en/data')).text()
    const described = z
      .object({ name: z.string(), description: z.string(), license: z.undefined().optional() })
      .parse(markupOf(page))
    assert.match(described.name, /^simulated/i)
    assert.match(described.description, /^Simulated/)
  })

  it('are described for search engines on the page, and nothing in that ends its element', async () => {
    for (const one of LANGS) {
      const page = await (await site.request(`/${one}/data`)).text()
      const described = z
        .object({
          '@context': z.literal('https://schema.org/'),
          '@type': z.literal('Dataset'),
          name: text,
          description: z.string().min(50).max(5000),
          url: z.literal(`https://kuager.example/${one}/data`),
          license: z.literal('https://creativecommons.org/licenses/by/4.0/'),
          creator: z.object({ name: z.literal(`</script><b>Example ${one}`) }),
          temporalCoverage: z.literal('2026-01-01/2026-03-31'),
          distribution: z.array(z.object({ '@type': z.literal('DataDownload'), contentUrl: z.url(), sha256: text })),
        })
        .parse(markupOf(page))
      assert.equal(described.distribution.length, 18)
    }
  })

  it('without a shelf, or before the first month, are said to be in preparation', async () => {
    for (const bare of [await sampleSite(), await sampleSite({ datasets: sampleDatasets(false, []) })]) {
      const page = await (await bare.request('/en/data')).text()
      assert.ok(page.includes(say('en', 'dataset.none')) && !page.includes('ld+json'))
      assert.equal((await bare.request('/data/datacite.json')).status, 404)
      assert.equal(await (await bare.request('/data/SHA256SUMS')).text(), '')
    }
  })
})

describe('lastDay()', () => {
  it('knows how long a month is', () => {
    assert.deepEqual(['2026-02', '2024-02', '2026-12'].map(lastDay), ['2026-02-28', '2024-02-29', '2026-12-31'])
  })
})
