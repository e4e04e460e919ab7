import type { Context, Hono } from 'hono'
import { answerApiProblem, answerBytes, OPEN_TO_PAGES, refuseHurry } from '../api/respond-api.ts'
import { answerLongFile, partOfNetwork } from '../long-file.ts'
import type { SiteOptions } from '../site-options.ts'
import { urls } from '../urls.ts'
import { checksums, dataCite, datasetIndex, mediaTypeOf, tableSchemas } from './metadata.ts'
import type { DatasetMonth } from './contract.ts'

/** A file costs its reader as much of the allowance as ten light questions. */
const FILE_COST = 10
/** How long others may keep a file: one with an erased measurement is removed, and copies must end too. */
const KEPT = 'public, max-age=600'
const JSON_TYPE = 'application/json; charset=utf-8'

/** Pages of other sites may read files by parts, as notebooks in browsers do. */
const OPEN_FILES = {
  ...OPEN_TO_PAGES,
  'access-control-expose-headers':
    'etag, content-length, content-range, accept-ranges, retry-after, content-disposition',
}

type DatasetOptions = Pick<SiteOptions, 'datasets' | 'apiRate' | 'frame'>

/** Files for researchers, and the lists that describe them. Without a shelf the lists are empty. */
export function addDatasets(site: Hono, options: DatasetOptions): void {
  const { datasets, apiRate, frame } = options
  const listed = (
    path: string,
    type: string,
    make: (months: readonly DatasetMonth[], simulated: boolean) => string | undefined,
  ): void => {
    site.get(path, async (c) => {
      const hurry = refuseHurry(c, apiRate, 1)
      if (hurry !== undefined) return hurry
      const months = (await datasets?.months()) ?? []
      const text = make(months, (await frame.isSimulated?.()) === true)
      return text === undefined ? missing(c) : answerBytes(c, text, { ...OPEN_TO_PAGES, 'content-type': type })
    })
  }
  const json = (value: object | undefined): string | undefined =>
    value === undefined ? undefined : `${JSON.stringify(value, null, 1)}\n`
  listed(urls.dataset('index.json'), JSON_TYPE, (months, simulated) => json(datasetIndex(months, frame, simulated)))
  listed(urls.dataset('schema.json'), JSON_TYPE, () => json(tableSchemas()))
  listed(urls.dataset('datacite.json'), JSON_TYPE, (months) => json(dataCite(months, frame)))
  listed(urls.dataset('SHA256SUMS'), 'text/plain; charset=utf-8', checksums)
  site.get('/data/files/:name', (c) => answerFile(c, c.req.param('name'), options))
}

async function answerFile(c: Context, name: string, { datasets, apiRate }: DatasetOptions): Promise<Response> {
  const hurry = refuseHurry(c, apiRate, FILE_COST)
  if (hurry !== undefined) return hurry
  const found = await datasets?.find(name)
  if (datasets === undefined || found === undefined) return missing(c)
  return answerLongFile(c, {
    etag: `"${found.sha256.slice(0, 48)}"`,
    bytes: found.bytes,
    headers: {
      ...OPEN_FILES,
      'cache-control': KEPT,
      'content-type': mediaTypeOf(found.form),
      'content-disposition': `attachment; filename="${found.name}"`,
    },
    open: (part) => datasets.open(found.name, part, partOfNetwork(c, apiRate)),
    busy: 'Too many files are being read',
  })
}

const missing = (c: Context): Response =>
  answerApiProblem(c, {
    status: 404,
    code: 'dataset.unknown',
    path: '',
    expected: `a file that ${urls.dataset('index.json')} names`,
    message: 'There is no such file; of earlier versions only the hashes are kept',
  })
