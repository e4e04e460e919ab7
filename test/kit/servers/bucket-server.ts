import { hash } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** A local server that lists and serves objects as S3 does over plain HTTP. */
export interface BucketServer extends AsyncDisposable {
  readonly url: string
  /** Objects by key; tests add, replace and remove. */
  readonly objects: Map<string, Uint8Array>
  /** Paths with their query, in the order they were asked for. */
  readonly requests: string[]
  /** How many requests are answered 503 before the next good answer. */
  busy: number
  /** Keys whose connection is cut after so many bytes, each time they are asked for. */
  readonly cuts: Map<string, number>
}

const escape = (text: string): string => text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;' })[c] ?? '&gt;')

/** Starts the server on the loopback interface; `pageSize` keys or prefixes a page (S3 gives 1,000). */
export async function startBucketServer(pageSize = 1000): Promise<BucketServer> {
  const server = createServer((request, response) => {
    bucket.requests.push(decodeURIComponent(request.url ?? ''))
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const bucket: Omit<BucketServer, typeof Symbol.asyncDispose> = {
    url: `http://127.0.0.1:${address.port}`,
    objects: new Map(),
    requests: [],
    busy: 0,
    cuts: new Map(),
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', bucket.url)
    if (bucket.busy > 0) {
      bucket.busy--
      response.writeHead(503).end('<?xml version="1.0"?><Error><Code>SlowDown</Code></Error>')
    } else if (url.pathname === '/' && url.searchParams.get('list-type') === '2') list(url.searchParams, response)
    else serve(decodeURIComponent(url.pathname.slice(1)), response)
  }

  function list(query: URLSearchParams, response: ServerResponse): void {
    const prefix = query.get('prefix') ?? ''
    const delimiter = query.get('delimiter')
    const entries = new Set<string>()
    for (const key of [...bucket.objects.keys()].filter((name) => name.startsWith(prefix)).sort()) {
      const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length)
      entries.add(end < 0 ? key : key.slice(0, end + 1))
    }
    const after = Buffer.from(query.get('continuation-token') ?? '', 'base64').toString()
    const left = [...entries].filter((entry) => entry > after)
    const page = left.slice(0, pageSize)
    const more = left.length > page.length
    const body = page.map((entry) => {
      const object = bucket.objects.get(entry)
      return object === undefined
        ? `<CommonPrefixes><Prefix>${escape(entry)}</Prefix></CommonPrefixes>`
        : `<Contents><Key>${escape(entry)}</Key><LastModified>2026-08-04T01:17:05.000Z</LastModified>` +
            `<ETag>&quot;${hash('md5', object)}&quot;</ETag><Size>${object.length}</Size></Contents>`
    })
    const next = Buffer.from(page.at(-1) ?? '').toString('base64')
    response.end(
      '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
        `<Name>ooni</Name><Prefix>${escape(prefix)}</Prefix><IsTruncated>${more}</IsTruncated>` +
        `${more ? `<NextContinuationToken>${next}</NextContinuationToken>` : ''}${body.join('')}</ListBucketResult>`,
    )
  }

  function serve(key: string, response: ServerResponse): void {
    const object = bucket.objects.get(key)
    if (object === undefined) {
      response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>')
      return
    }
    const cut = bucket.cuts.get(key)
    response.writeHead(200, { 'content-length': object.length })
    if (cut === undefined) response.end(object)
    else response.write(object.subarray(0, cut), () => response.destroy())
  }

  return Object.assign(bucket, {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
