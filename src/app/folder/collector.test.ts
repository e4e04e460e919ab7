import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { webMeasurement, type Json } from '../../../test/kit/measured/measurement.ts'
import { serveFolderAt, type ServedFolder } from '../../../test/kit/servers/served-folder.ts'
import { makeSigner, signed, wrapped } from '../../../test/kit/measured/signed-submission.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { openArchive } from '../../store/archive/open.ts'
import { errorOf, post, type Answered } from '../../../test/kit/servers/submit.ts'

const SUBMIT = 'api/v1/submit_measurement'
const JUST_NOW = new Date(Date.now() - 120_000).toISOString().slice(0, 17).replace('T', ' ') + '00'
let serial = 0
const document = (root: Json = {}): Json =>
  webMeasurement({ startedAt: JUST_NOW, probeAsn: 'AS64500', root: { x_serial: serial++, ...root } })

/** An address that is only in what the proxy says of the sender. */
const MARKER = '20.77.131.9'
const SPELLINGS = [MARKER, '144d8309', '340624137', Buffer.from([20, 77, 131, 9]).toString('latin1')]

describe('kuager serve as a collector', () => {
  let root = ''
  let served: ServedFolder
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-collector-'))
    await writeFile(join(root, 'networks.csv'), '20.77.0.0,20.77.255.255,64500,Example Telecom,KZ\n')
    const options = [
      '--networks',
      join(root, 'networks.csv'),
      '--trusted-proxy',
      '127.0.0.1',
      '--control',
      'https://control.example/',
    ]
    served = await serveFolderAt(join(root, 'data'), root, options)
  })
  after(async () => {
    await served[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })
  const submit = (content: unknown, headers: Record<string, string> = {}): Promise<Answered> =>
    post(served, SUBMIT, wrapped(content), { 'x-forwarded-for': MARKER, ...headers })

  it('answers with id and place in the log, twice the same for the same bytes', async () => {
    const text = JSON.stringify(document())
    const first = await submit(text)
    const second = await submit(text)
    assert.equal(first.status, 200)
    assert.equal(first.json.x_id, hash('sha256', text))
    assert.equal(first.json.verification_status, 'unverified')
    assert.match(first.json.measurement_uid ?? '', /^\d{14}\.000000_KZ_webconnectivity_[0-9a-f]{16}$/)
    assert.match(first.json.report_id ?? '', /^\d{8}T\d{6}Z_webconnectivity_KZ_64500_n1_[0-9a-f]{16}$/)
    assert.deepEqual(second.json, { ...first.json, x_known: true })
    assert.equal(first.json.x_known, false)
  })

  it('archives bytes sent at the same time once', async () => {
    const text = JSON.stringify(document())
    const answers = await Promise.all(Array.from({ length: 20 }, () => submit(text)))
    assert.equal(new Set(answers.map(({ json }) => json.x_leaf_index)).size, 1)
    assert.equal(answers.filter(({ json }) => json.x_known === false).length, 1)
  })

  it('takes gzip and zstd, and says of another encoding that it does not', async () => {
    const [text, encoded] = [JSON.stringify(document()), wrapped(JSON.stringify(document()))]
    assert.equal(
      (await post(served, SUBMIT, gzipSync(wrapped(text)), { 'content-encoding': 'gzip' })).json.x_id,
      hash('sha256', text),
    )
    assert.equal(
      (await post(served, SUBMIT, zstdCompressSync(wrapped(text)), { 'content-encoding': 'zstd' })).json.x_known,
      true,
    )
    assert.equal((await post(served, SUBMIT, encoded, { 'content-encoding': 'br' })).status, 415)
    assert.equal(
      (await post(served, SUBMIT, gzipSync(Buffer.alloc(20 * 2 ** 20)), { 'content-encoding': 'gzip' })).status,
      413,
    )
    assert.equal((await post(served, SUBMIT, Buffer.alloc(9 * 2 ** 20, 32))).status, 413)
  })

  it('shows the measurement with what is known of its key, within seconds', async () => {
    const signer = makeSigner()
    const { json } = await submit(signed(document(), signer))
    assert.deepEqual([json.verification_status, json.x_standing], ['verified', 'new'])
    let shown: Response
    do shown = await fetch(new URL(`api/v1/measurement/${json.x_id}`, served.url))
    while (shown.status === 404)
    const text = await shown.text()
    assert.match(text, new RegExp(`"channel":"collector","origin":"new:${signer.pseudonym}"`))
  })

  it('says of a false signature that it failed, and of a foreign pseudonym that it is not taken', async () => {
    const signer = makeSigner()
    const text = signed(document(), signer)
    assert.equal((await submit(text.replace('Example Telecom', 'Another Telecom'))).json.verification_status, 'failed')
    assert.equal(errorOf(await submit(signed(document(), signer, { x_probe: 'somebody-else' }))), 'probe_mismatch')
  })

  it('enrols by a code that the operator gave, and refuses a false one', async () => {
    const code = (await served.kuager('keys', 'invite')).split('\n')[0] ?? ''
    const signer = makeSigner()
    const taken = await submit(signed(document(), signer), { 'x-kuager-invitation': code })
    assert.equal(taken.json.x_standing, 'enrolled')
    assert.equal(
      errorOf(await submit(signed(document(), makeSigner()), { 'x-kuager-invitation': 'aaaaa' })),
      'bad_invitation',
    )
    const listed = await served.kuager('keys', 'list', '--json')
    assert.ok(listed.includes(`"pseudonym":"${signer.pseudonym}","network":"AS64500","standing":"enrolled"`), listed)
    await served.kuager('keys', 'revoke', signer.pseudonym)
    assert.match(await served.kuager('keys', 'list'), new RegExp(`${signer.pseudonym} .*revoked`))
  })

  it('speaks the older protocol', async () => {
    const { json: opened } = await post(served, 'report', JSON.stringify({ ...document(), format: 'json' }))
    const id = opened.report_id ?? ''
    assert.match(id, /^\d{8}T\d{6}Z_webconnectivity_KZ_64500_n1_[A-Za-z0-9]{16}$/)
    const kept = await post(served, `report/${id}`, JSON.stringify({ format: 'json', content: document() }))
    assert.match(kept.json.measurement_uid ?? '', /_KZ_webconnectivity_/)
    assert.equal(
      (await post(served, `report/${id}`, '{"format":"yaml","content":{}}')).text,
      '{"detail":"Incorrect format"}',
    )
    const foreign = JSON.stringify({ format: 'json', content: document({ probe_cc: 'KG' }) })
    assert.equal((await post(served, `report/${id}`, foreign)).text, '{"detail":"Inconsistent measurement"}')
    const nobody = id.replace('_KZ_64500_', '_ZZ_0_')
    assert.equal(
      (await post(served, `report/${nobody}`, JSON.stringify({ format: 'json', content: document() }))).text,
      '{}',
    )
    assert.equal((await post(served, `report/${id}/close`, '')).text, '{}')
    assert.equal((await post(served, 'report', '{"test_name":7}')).status, 400)
  })

  it('tells probes where they are and which helper the operator named, and has no manifest', async () => {
    const ask = JSON.stringify({ probe_cc: 'ZZ', probe_asn: 'AS0', run_type: 'timed', charging: false })
    const seen = await post(served, 'api/v1/check-in', ask, { 'x-forwarded-for': MARKER })
    assert.match(seen.text, /^\{"v":1,"probe_cc":"KZ","probe_asn":"AS64500","probe_network_name":"[^"]+","utc_time":/)
    const helpers = await (await fetch(new URL('api/v1/test-helpers', served.url))).text()
    assert.match(helpers, /^\{"web-connectivity":\[\{"address":"https:\/\/control.example\/","type":"https"\}\]/)
    assert.equal((await fetch(new URL('api/v1/manifest', served.url))).status, 404)
    assert.equal((await post(served, 'api/v1/check-in', 'no json')).status, 400)
    assert.equal((await post(served, 'api/v1/geolookup', '{"addresses":7}')).status, 400)
  })

  it('takes nothing that a page of another site posts from its visitor’s browser', async () => {
    const answer = await submit(JSON.stringify(document()), { origin: 'https://elsewhere.example' })
    assert.equal(answer.status, 403)
  })

  it('refuses what holds the sender’s address, before it is archived', async () => {
    const holds = JSON.stringify(document({ x_seen: `you are ${MARKER}` }))
    const answer = await submit(holds)
    assert.equal(answer.status, 400)
    assert.equal(errorOf(answer), 'address_in_body')
    assert.equal((await submit(holds.replace('you are', 'resent'), { 'x-forwarded-for': '20.77.1.1' })).status, 200)
  })

  it('does not take again what was erased', async () => {
    const text = JSON.stringify(document())
    const { json } = await submit(text)
    await served.kuager('archive', 'erase', json.x_id ?? '', '--reason', 'a test')
    const again = await submit(text)
    assert.deepEqual([again.status, errorOf(again)], [410, 'erased'])
  })
})

describe('a collector that was used', () => {
  it('has the sender’s address in no file, no answer and no line of its log', async () => {
    const root = await mkdtemp(join(tmpdir(), 'kuager-marker-'))
    const said: string[] = []
    const write = process.stderr.write.bind(process.stderr)
    process.stderr.write = (text: string | Uint8Array): boolean => {
      said.push(Buffer.from(text).toString('latin1'))
      return true
    }
    try {
      await writeFile(join(root, 'networks.csv'), '20.77.0.0,20.77.255.255,64500,Example Telecom,KZ\n')
      const options = ['--networks', join(root, 'networks.csv'), '--trusted-proxy', '127.0.0.1', '--rate', '1']
      const folder = join(root, 'data')
      {
        await using served = await serveFolderAt(folder, root, options)
        const send = (body: string, path = SUBMIT): Promise<Answered> =>
          post(served, path, body, { 'x-forwarded-for': MARKER })
        const signer = makeSigner()
        for (const body of [
          wrapped(signed(document(), signer)),
          wrapped(JSON.stringify(document())),
          wrapped(JSON.stringify(document({ x_seen: MARKER }))),
          wrapped(JSON.stringify(document({ probe_ip: MARKER }))),
          wrapped('{'),
          MARKER,
          wrapped(JSON.stringify(document({ probe_cc: MARKER, test_name: MARKER }))),
        ])
          said.push((await send(body)).text)
        said.push((await send('{"probe_cc":"ZZ","probe_asn":"AS0"}', 'api/v1/check-in')).text)
        said.push((await send(JSON.stringify(document()), 'report')).text)
        let last: Answered
        do last = await send(wrapped('{'))
        while (last.status !== 429)
        assert.match(last.retryAfter ?? '', /^\d+$/)
        said.push(last.text, await served.kuager('keys', 'list'))
      }
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
        if (entry.isFile()) said.push((await readFile(join(entry.parentPath, entry.name))).toString('latin1'))
      await using archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
      assert.equal(archive.size, 2)
      for await (const blob of archive.scan(0))
        if (blob.kind === 'blob') said.push(Buffer.from(blob.bytes).toString('latin1'), blob.provenance.origin)
    } finally {
      process.stderr.write = write
      await rm(root, { recursive: true })
    }
    for (const spelling of SPELLINGS) assert.ok(!said.some((text) => text.includes(spelling)), spelling)
    assert.ok(said.length > 20)
  })
})
