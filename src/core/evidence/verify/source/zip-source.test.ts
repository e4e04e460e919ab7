import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crc32, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { makeBundle, packedZip, verifierTools, zipOf } from '../../../../../test/kit/proof/bundle-maker.ts'
import { inflateByStream } from '../../../../browser/verify/tools.ts'
import { inflateRaw } from '../../../../runtime/compress.ts'
import { InputError } from '../../../model/errors.ts'
import { planZip, zipLocalHeader } from '../../bundle/zip-form.ts'
import type { OpenedContainer } from './bundle-source.ts'
import { verifyBundle } from '../verify-bundle.ts'
import type { Inflate } from './unpack.ts'
import { openZip } from './zip-source.ts'

/** Of a server, and of a browser. */
const DECODERS: readonly (readonly [string, Inflate])[] = [
  ['node:zlib', inflateRaw],
  ['DecompressionStream', inflateByStream],
]

const open = (bytes: Uint8Array, inflate: Inflate = inflateRaw): Promise<OpenedContainer> =>
  openZip(
    { size: bytes.length, read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)) },
    inflate,
  )
const problems = async (bytes: Uint8Array): Promise<readonly string[]> =>
  (await open(bytes)).problems.map(({ problem, about = '' }) => `${problem} ${about}`.trim())

/** One member as an attacker may write it, with every field open to lies. */
interface Member {
  readonly name: Uint8Array | string
  readonly data?: Uint8Array
  readonly flags?: number
  readonly method?: number
  readonly time?: number
  readonly size?: number
  readonly localSize?: number
  readonly localName?: string
  readonly localCrc?: number
  readonly extra?: Uint8Array
  readonly external?: number
  /** Where the central header says that the local one is. */
  readonly at?: number
  /** Bytes of no member before the local header. */
  readonly before?: Uint8Array
}

interface End {
  readonly count?: number
  readonly comment?: string
  readonly directorySize?: number
  readonly tail?: Uint8Array
}

function zip(members: readonly Member[], end: End = {}): Uint8Array {
  const parts: Uint8Array[] = []
  const central: Uint8Array[] = []
  let place = 0
  const put = (...bytes: readonly Uint8Array[]): void => {
    for (const one of bytes) {
      parts.push(one)
      place += one.length
    }
  }
  for (const one of members) {
    const { data = Buffer.from('x'), flags = 0, method = 0, time = 0, extra = new Uint8Array() } = one
    const name = Buffer.from(one.name)
    const localName = Buffer.from(one.localName ?? one.name)
    put(one.before ?? new Uint8Array())
    const offset = one.at ?? place
    const fields = (size: number, label: Uint8Array, crc = crc32(data)): Buffer => {
      const bytes = Buffer.alloc(26)
      bytes.writeUInt16LE(20, 0)
      bytes.writeUInt16LE(flags, 2)
      bytes.writeUInt16LE(method, 4)
      bytes.writeUInt16LE(time, 6)
      bytes.writeUInt16LE(0x21, 8)
      bytes.writeUInt32LE(crc, 10)
      bytes.writeUInt32LE(method === 0 ? size : data.length, 14)
      bytes.writeUInt32LE(size, 18)
      bytes.writeUInt16LE(label.length, 22)
      bytes.writeUInt16LE(extra.length, 24)
      return bytes
    }
    const size = one.size ?? data.length
    const local = fields(one.localSize ?? size, localName, one.localCrc)
    put(Buffer.from('PK\x03\x04', 'latin1'), local, localName, extra, data)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(one.external ?? 0o100_644 * 0x1_0000, 6)
    rest.writeUInt32LE(offset, 10)
    central.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), fields(size, name), rest, name, extra)
  }
  const directory = Buffer.concat(central)
  const last = Buffer.alloc(22)
  last.write('PK\x05\x06', 'latin1')
  last.writeUInt16LE(end.count ?? members.length, 8)
  last.writeUInt16LE(end.count ?? members.length, 10)
  last.writeUInt32LE(end.directorySize ?? directory.length, 12)
  last.writeUInt32LE(place, 16)
  last.writeUInt16LE(end.comment?.length ?? 0, 20)
  put(directory, last, Buffer.from(end.comment ?? ''), end.tail ?? new Uint8Array())
  return Buffer.concat(parts)
}

const LINES = Buffer.from('{"leaf":0}\n'.repeat(40))
const PACKED = deflateRawSync(LINES)

const HOSTILE: readonly (readonly [string, Uint8Array, string])[] = [
  ['nothing', new Uint8Array(), 'unreadable'],
  ['no zip', Buffer.from('hello, this is no zip at all, and long enough'), 'unreadable'],
  ['bytes behind its end', zip([{ name: 'b/a' }], { tail: Buffer.from('more') }), 'zip-form'],
  ['a comment', zip([{ name: 'b/a' }], { comment: 'hidden' }), 'zip-form'],
  ['more members claimed than there are', zip([{ name: 'b/a' }], { count: 60_000 }), 'zip-form'],
  ['fewer members claimed than there are', zip([{ name: 'b/a' }, { name: 'b/b' }], { count: 1 }), 'zip-form'],
  ['a directory larger than the file', zip([{ name: 'b/a' }], { directorySize: 0x7fff_ffff }), 'zip-form'],
  [
    'a member that is packed more densely than those of bundles',
    zip([{ name: 'b/a', data: deflateRawSync(Buffer.alloc(1_000_000)), method: 8, size: 1_000_000 }]),
    'too-large b/a',
  ],
  [
    'a bomb that claims 4 GiB',
    zip([{ name: 'b/a', data: deflateRawSync(Buffer.alloc(1_000_000)), method: 8, size: 0xffff_fffe }]),
    'too-large b/a',
  ],
  ['a member packed in another way', zip([{ name: 'b/a', data: PACKED, method: 12, size: 400 }]), 'zip-compressed b/a'],
  [
    'a member that is longer for being packed',
    zip([{ name: 'b/a', data: PACKED, method: 8, size: 2 }]),
    'zip-compressed b/a',
  ],
  [
    'a packed member with a time',
    zip([{ name: 'b/a', data: PACKED, method: 8, size: 400, time: 7 }]),
    'zip-compressed b/a',
  ],
  [
    'a packed member with its sizes behind the data',
    zip([{ name: 'b/a', data: PACKED, method: 8, size: 400, flags: 8 }]),
    'zip-compressed b/a',
  ],
  [
    'two packed members over one place',
    zip([
      { name: 'b/a', data: PACKED, method: 8, size: 400 },
      { name: 'b/b', data: PACKED, method: 8, size: 400, at: 0 },
    ]),
    'zip-overlap b/b',
  ],
  ['an encrypted member', zip([{ name: 'b/a', flags: 1 }]), 'zip-encrypted b/a'],
  ['sizes behind the data', zip([{ name: 'b/a', flags: 8 }]), 'zip-form b/a'],
  ['a time', zip([{ name: 'b/a', time: 77 }]), 'zip-form b/a'],
  ['a link', zip([{ name: 'b/a', external: (0o120_777 * 0x1_0000) >>> 0 }]), 'link b/a'],
  ['a device', zip([{ name: 'b/a', external: (0o060_644 * 0x1_0000) >>> 0 }]), 'link b/a'],
  ['a folder as a member', zip([{ name: 'b/a/', data: new Uint8Array() }]), 'zip-form b/a/'],
  ['a way up', zip([{ name: 'b/../../etc/passwd' }]), 'path b/../../etc/passwd'],
  ['a way up as its folder', zip([{ name: '../passwd' }]), 'path ../passwd'],
  ['an absolute path', zip([{ name: '/etc/passwd' }]), 'zip-folder /etc/passwd'],
  ['a drive', zip([{ name: 'C:/x' }]), 'path C:/x'],
  ['a backslash', zip([{ name: 'b/..\\..\\x' }]), 'path b/..\\..\\x'],
  ['a control character', zip([{ name: 'b/a\nb' }]), 'path b/a\nb'],
  ['a name that is no UTF-8', zip([{ name: Buffer.from([0x62, 0x2f, 0xff, 0xfe]) }]), 'path b/\ufffd\ufffd'],
  ['a name beyond ASCII', zip([{ name: 'b/\u0444', flags: 0x800 }]), 'path b/\u0444'],
  ['an endless name', zip([{ name: `b/${'a'.repeat(400)}` }]), `path b/${'a'.repeat(400)}`],
  ['a thousand folders', zip([{ name: `b/${'a/'.repeat(120)}x` }]), `path b/${'a/'.repeat(120)}x`],
  ['two folders', zip([{ name: 'a/a' }, { name: 'b/b' }]), 'zip-folder b/b'],
  ['no folder', zip([{ name: 'a' }]), 'zip-folder a'],
  ['one name twice', zip([{ name: 'b/a' }, { name: 'b/a', data: Buffer.from('y') }]), 'same-name b/a'],
  ['one name twice but for case', zip([{ name: 'b/A' }, { name: 'b/a' }]), 'same-name b/a'],
  ['members out of order', zip([{ name: 'b/b' }, { name: 'b/a' }]), 'zip-form b/a'],
  ['bytes before the first member', zip([{ name: 'b/a', before: Buffer.from('hidden') }]), 'zip-gap b/a'],
  ['bytes between members', zip([{ name: 'b/a' }, { name: 'b/b', before: Buffer.from('hidden') }]), 'zip-gap b/b'],
  ['two members over one place', zip([{ name: 'b/a' }, { name: 'b/b', at: 0 }]), 'zip-overlap b/b'],
  ['another name in the local header', zip([{ name: 'b/a', localName: 'b/z' }]), 'zip-differs b/a'],
  ['another size in the local header', zip([{ name: 'b/a', localSize: 9 }]), 'zip-differs b/a'],
  ['another checksum in the local header', zip([{ name: 'b/a', localCrc: 7 }]), 'zip-differs b/a'],
  ['a member longer than its data', zip([{ name: 'b/a', size: 5000 }]), 'zip-overlap 5033'],
  [
    'a name for Unicode beside the name',
    zip([{ name: 'b/a', extra: Buffer.from([0x75, 0x70, 6, 0, 1, 0, 0, 0, 0, 0x7a]) }]),
    'zip-form b/a',
  ],
  ['a field that no reader knows', zip([{ name: 'b/a', extra: Buffer.from([0x99, 0x99, 0, 0]) }]), 'zip-form b/a'],
]

describe('openZip()', () => {
  it('takes members as they were written', async () => {
    const {
      source,
      name,
      problems: none,
    } = await open(
      zip([
        { name: 'b/a', data: Buffer.from('one') },
        { name: 'b/c/d', data: new Uint8Array() },
      ]),
    )
    assert.deepEqual(none, [])
    assert.equal(name, 'b')
    assert.deepEqual(
      [...(source?.files ?? [])],
      [
        ['a', 3],
        ['c/d', 0],
      ],
    )
    assert.equal(Buffer.from((await source?.read('a', 3)) ?? []).toString(), 'one')
    await assert.rejects(source?.read('a', 2) ?? assert.fail(), InputError)
    await assert.rejects(async () => source?.read('b', 2), InputError)
  })

  it('gives packed members as they were, to one who reads whole files and to one who reads pieces', async () => {
    const { source, problems: none } = await open(
      zip([
        { name: 'b/a', data: PACKED, method: 8, size: LINES.length },
        { name: 'b/b', data: Buffer.from('one') },
      ]),
    )
    assert.deepEqual(none, [])
    assert.equal(source?.files.get('a'), LINES.length)
    assert.ok(LINES.equals(await source.read('a', LINES.length)))
    await assert.rejects(source.read('a', LINES.length - 1), { code: 'bundle.too-large' })
    const pieces: Uint8Array[] = []
    for await (const piece of source.chunks('a')) pieces.push(piece)
    assert.ok(LINES.equals(Buffer.concat(pieces)))
  })

  it('gives no byte beyond the stated length of packed bytes, and none of a stream that is not one', async () => {
    for (const [data, size] of [
      [PACKED, LINES.length - 1],
      [PACKED, LINES.length + 1],
      [Buffer.from('no such stream'), 40],
      [Buffer.concat([PACKED, PACKED]), LINES.length],
    ] as const) {
      const { source } = await open(zip([{ name: 'b/a', data, method: 8, size }]))
      await assert.rejects(source?.read('a', 1000) ?? assert.fail(), { code: 'bundle.deflate' })
    }
  })

  it('makes no difference to a verdict by how the zip is packed', async () => {
    const { files, name } = makeBundle()
    const [stored, packed] = [zipOf(files, name), packedZip(files, name)]
    assert.ok(packed.length < stored.length)
    const one = await verifyBundle(await open(stored), verifierTools())
    assert.equal(one.sound, true)
    for (const [, inflate] of DECODERS)
      assert.deepEqual(await verifyBundle(await open(packed, inflate), verifierTools()), one)
  })

  it('finds any bit that is turned anywhere in a packed bundle, or its files are the same', async () => {
    const { files, name } = makeBundle()
    const sound = packedZip(files, name)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: sound.length * 8 - 1 }), async (bit) => {
        const bytes = new Uint8Array(sound)
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const opened = await open(bytes)
        if (!(await verifyBundle(opened, verifierTools())).sound) return
        // One content has many packed forms; manifests are of the content.
        assert.equal(opened.source?.files.size, files.size)
        for (const [path, content] of files)
          assert.ok(Buffer.from(content).equals(await opened.source.read(path, content.length)), `${bit} ${path}`)
      }),
      { numRuns: 300 },
    )
  })

  for (const [name, bytes, expected] of HOSTILE)
    it(`refuses ${name}`, async () => {
      const found = await problems(bytes)
      assert.ok(found.includes(expected), JSON.stringify(found))
    })

  it('takes the zip of the writer beyond the limits of 16 bits', async () => {
    const members = Array.from({ length: 66_000 }, (_, n) => ({
      path: `b/${String(n).padStart(6, '0')}`,
      size: 0,
      crc32: 0,
    }))
    const { members: placed, end } = planZip(members)
    const bytes = Buffer.concat([...placed.map(zipLocalHeader), end])
    const { source, problems: none } = await open(bytes)
    assert.deepEqual(none, [])
    assert.equal(source?.files.size, 66_000)
  })

  it('finds any bit that is turned anywhere in the zip of a bundle', async () => {
    const { files, name } = makeBundle()
    const sound = zipOf(files, name)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: sound.length * 8 - 1 }), async (bit) => {
        const bytes = new Uint8Array(sound)
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        // The folder may have any name, as an unpacked one may.
        const opened = await open(bytes)
        assert.equal((await verifyBundle(opened, verifierTools())).sound, false, String(bit))
      }),
      { numRuns: 300 },
    )
  })

  it('reads no more of a zip that lies than its ends and its headers', async () => {
    let read = 0
    const claimed = 3 * 1024 ** 3
    const tail = zip([{ name: 'b/a' }], { directorySize: 0x3fff_ffff, count: 65_534 })
    const readAt = (offset: number, length: number): Promise<Uint8Array> => {
      read += length
      const from = tail.length - (claimed - offset)
      return Promise.resolve(from < 0 ? new Uint8Array(length) : tail.subarray(from, from + length))
    }
    const opened = await openZip({ size: claimed, read: readAt }, inflateRaw)
    assert.equal(opened.source, undefined)
    assert.ok(read < 1000, String(read))
  })

  it('never throws for bytes of any kind', async () => {
    const parts = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 30 }),
        fc.constantFrom(
          ...['PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06', 'PK\x06\x06', 'PK\x06\x07'].map((one) =>
            Buffer.from(one, 'latin1'),
          ),
        ),
        fc.constant(zip([{ name: 'b/a' }])),
      ),
      { maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(parts, async (some) => {
        await open(Buffer.concat(some))
      }),
      { numRuns: 300 },
    )
  })
})
