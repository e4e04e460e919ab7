import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startBucketServer, type BucketServer } from '../../../test/kit/servers/bucket-server.ts'
import { openBucket, type Bucket } from './bucket.ts'
import { parseListing } from '../../runtime/objects/bucket-xml.ts'

const signal = new AbortController().signal
const waits: number[] = []
const open = (server: BucketServer): Bucket => {
  waits.length = 0
  return openBucket({ url: server.url, signal, wait: (delay) => Promise.resolve(void waits.push(delay)) })
}
async function read(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts).toString()
}

describe('openBucket()', () => {
  it('lists over all pages, with sizes and tags', async () => {
    await using server = await startBucketServer(3)
    for (let i = 0; i < 10; i++) server.objects.set(`raw/20260804/00/KZ/t/${i}&.jsonl.gz`, Buffer.alloc(i))
    server.objects.set('raw/20260804/01/KZ/t/x.jsonl.gz', Buffer.alloc(1))
    const listed = await open(server).list('raw/20260804/00/KZ/')
    assert.deepEqual(
      listed.map(({ key, size }) => `${key} ${size}`),
      Array.from({ length: 10 }, (_, i) => `raw/20260804/00/KZ/t/${i}&.jsonl.gz ${i}`),
    )
    assert.equal(new Set(listed.map(({ etag }) => etag)).size, 10)
    assert.equal(server.requests.length, 4)
  })

  it('names what lies one level below', async () => {
    await using server = await startBucketServer(2)
    for (const test of ['a', 'b', 'c']) server.objects.set(`jsonl/${test}/KZ/20200101/00/x.jsonl.gz`, Buffer.alloc(1))
    assert.deepEqual(await open(server).listPrefixes('jsonl/'), ['jsonl/a/', 'jsonl/b/', 'jsonl/c/'])
  })

  it('waits longer each time while the server is busy, and gives up after five attempts', async () => {
    await using server = await startBucketServer()
    server.busy = 3
    assert.deepEqual(await open(server).list('raw/'), [])
    assert.deepEqual(waits, [1000, 2000, 4000])
    server.busy = 100
    await assert.rejects(open(server).list('raw/'), { code: 'bucket.broken' })
    assert.equal(waits.length, 4)
  })

  it('does not ask again for what is not there', async () => {
    await using server = await startBucketServer()
    await assert.rejects(read(open(server).fetch('raw/none')), { code: 'bucket.broken', message: /404/ })
    assert.equal(server.requests.length, 1)
  })

  it('says that an answer was cut short', async () => {
    await using server = await startBucketServer()
    server.objects.set('raw/x', Buffer.alloc(100_000, 'x'))
    server.cuts.set('raw/x', 50_000)
    await assert.rejects(read(open(server).fetch('raw/x')), { code: 'bucket.broken' })
    server.cuts.clear()
    assert.equal((await read(open(server).fetch('raw/x'))).length, 100_000)
  })
})

describe('parseListing()', () => {
  it('refuses anything that is not a whole listing', () => {
    const refused = [
      '',
      '<html></html>',
      '<ListBucketResult><Contents><Key>a</Key>',
      '<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>',
      '<ListBucketResult><Contents><Key>a</Key><Size>many</Size></Contents></ListBucketResult>',
      '<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>',
    ]
    for (const xml of refused) assert.throws(() => parseListing(xml), { code: 'listing.invalid' }, xml)
  })

  it('undoes the escapes of XML and no others', () => {
    const xml =
      '<ListBucketResult><Contents><Key>a&amp;b&#x41;&#66;&other;</Key><Size>1</Size></Contents></ListBucketResult>'
    assert.deepEqual(parseListing(xml).objects, [{ key: 'a&bAB&other;', size: 1, etag: '' }])
  })
})
