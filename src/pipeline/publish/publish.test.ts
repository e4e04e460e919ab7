import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { kuagerDocument } from '../../../test/kit/measured/kuager-document.ts'
import { readPublished, wrongOpenings } from '../../core/model/measured/published-form.ts'
import { publicForm } from '../../core/ooni/publish/public-form.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import { digest } from '../judge/judge-bytes.ts'
import { openPublisher, type HeldMeasurement } from './publish.ts'

const bytes = Buffer.from(JSON.stringify(kuagerDocument()))
const held = (channel: 'collector' | 'file', salt = 1): HeldMeasurement => ({
  ...{ bytes, salt: Buffer.alloc(16, salt) },
  provenance: { channel },
})
const publisherWhere = (isCommon: boolean) =>
  openPublisher({ tables: loadTables(), seen: { secret: new Uint8Array(32), isCommon: () => isCommon } })
const hidden = publisherWhere(false)
const open = publisherWhere(true)

describe('openPublisher()', () => {
  it('withholds what was sent to us, and nothing of what came another way', () => {
    assert.equal(hidden.shown(held('file')), publicForm(kuagerDocument()))
    assert.notEqual(hidden.shown(held('collector')), publicForm(kuagerDocument()))
    assert.ok(!/<html|<title|Content-Type","text/i.test(hidden.shown(held('collector'))))
  })

  it('gives the same hashed form for any set of common values, and opens values that give their commitments', () => {
    const [closed, opened] = [hidden, open].map((publisher) => readPublished(publisher.shown(held('collector'))))
    assert.ok(closed !== undefined && opened !== undefined)
    assert.equal(opened.hashed, closed.hashed)
    assert.equal(Object.keys(closed.opened).length, 0)
    assert.ok(Object.keys(opened.opened).length > 0)
    assert.deepEqual(wrongOpenings(opened, digest), [])
    const [at = ''] = Object.keys(opened.opened)
    const forged = { ...opened.opened, [at]: { ...opened.opened[at]!, value: 'another' } }
    assert.deepEqual(wrongOpenings({ ...opened, opened: forged }, digest), [at])
  })

  it('commits to one value in two measurements by two digests', () => {
    const all = [1, 2].map((salt) => readPublished(hidden.shown(held('collector', salt)))?.commitments ?? {})
    const digests = all.flatMap((commitments) => Object.values(commitments).map(({ sha256 }) => sha256))
    assert.equal(new Set(digests).size, digests.length)
  })

  it('gives for a leaf the form that it digests: of what was archived before, version 1', () => {
    const whole = publicForm(kuagerDocument())
    const form = readPublished(hidden.shown(held('collector')))
    assert.ok(form !== undefined)
    assert.equal(hidden.logged(held('collector'), digest(form.hashed)), hidden.shown(held('collector')))
    assert.equal(hidden.logged(held('collector'), digest(whole)), whole)
    assert.equal(hidden.logged(held('file'), digest(whole)), whole)
    assert.equal(hidden.logged(held('file'), digest(form.hashed)), undefined)
  })

  it('asks for the values of the network of the measurement alone', () => {
    const keys = ['AS64500', 'AS64501'].map((asn) => {
      const asked: string[] = []
      const seen = { secret: new Uint8Array(32), isCommon: (key: Uint8Array) => asked.push(key.toString()) === 0 }
      const document = JSON.stringify({ ...kuagerDocument(), probe_asn: asn })
      openPublisher({ tables: loadTables(), seen }).shown({ ...held('collector'), bytes: Buffer.from(document) })
      return asked
    })
    assert.ok(keys[0]!.length > 0 && keys[1]!.length > 0)
    assert.ok(!keys[0]!.some((key) => keys[1]!.includes(key)))
  })
})
