import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openZip } from '../../core/evidence/verify/source/zip-source.ts'
import { planZip, zipLocalHeader } from '../../core/evidence/bundle/zip-form.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { inflateRaw } from '../../runtime/compress.ts'
import { REAL_DISK, type Disk } from '../../runtime/files/disk.ts'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { MOMENTS, stoppingDisk } from '../../../test/kit/crash/stopping-disk.ts'
import { BagFolder } from './bag-folder.ts'
import { zipBag } from './zip-bag.ts'

const NAME = 'kuager-x1'
const skipWithout = (name: string): string | false => (hasProgram(name) ? false : `${name} is not installed`)

function folder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'kuager-bag-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

/** A small bag: an empty file, a file of lines, one that is larger than what is copied at once. */
async function fill(parent: string, disk: Disk = REAL_DISK): Promise<BagFolder> {
  const bag = await BagFolder.open(parent, NAME, disk)
  await bag.put('data/b.json', '{}')
  await bag.put('data/a/empty.txt', '')
  const lines = await bag.lines('data/lines.jsonl')
  for (let i = 0; i < 40_000; i++) await lines.write(`{"leaf":${i},"text":"әғқңөұүһі"}`)
  await lines.end()
  await bag.put('data/large.bin', Buffer.alloc(3 * 1024 * 1024 + 7, 'kuager'))
  await bag.put('bagit.txt', 'BagIt-Version: 1.0\n')
  return bag
}

const sha512 = (bytes: Uint8Array): string => createHash('sha512').update(bytes).digest('hex')

describe('a bag that is written', () => {
  it('knows the digests of what lies on the disk, and stands whole under its name', async () => {
    using place = folder()
    const bag = await fill(place.path)
    assert.equal(existsSync(join(place.path, NAME)), false)
    const path = await bag.finish()
    assert.deepEqual(readdirSync(place.path), [NAME])
    for (const file of bag.files) {
      const bytes = readFileSync(join(path, file.path))
      assert.equal(file.sha512, sha512(bytes), file.path)
      assert.equal(file.size, bytes.length)
    }
  })

  it('is never written over another, and takes no path out of it and none twice', async () => {
    using place = folder()
    const bag = await fill(place.path)
    await assert.rejects(bag.put('data/b.json', ''), Fault)
    await assert.rejects(bag.put('../b.json', ''), InputError)
    writeFileSync(join(place.path, NAME), 'from another program')
    writeFileSync(join(place.path, `${NAME}.zip`), 'from another program')
    await assert.rejects(bag.finish(), { code: 'bundle.exists' })
    await assert.rejects(zipBag(bag, place.path, REAL_DISK), { code: 'bundle.exists' })
    assert.equal(readFileSync(join(place.path, NAME), 'utf8'), 'from another program')
    await bag.discard()
    assert.deepEqual(readdirSync(place.path), [NAME, `${NAME}.zip`])
  })

  it('stopped at any act on the disk leaves nothing half under its name, and is written again after', async () => {
    using place = folder()
    const small = async (at: string, disk: Disk): Promise<void> => {
      const bag = await BagFolder.open(at, NAME, disk)
      await bag.put('data/a.json', '{"a":1}')
      await bag.put('bagit.txt', 'BagIt-Version: 1.0\n')
      await zipBag(bag, at, disk)
      await bag.finish()
    }
    const whole = join(place.path, 'whole')
    const all = stoppingDisk(REAL_DISK, place.path, { step: -1, moment: 'before', stop: () => assert.fail() })
    await small(whole, all.disk)
    const zip = readFileSync(join(whole, `${NAME}.zip`))
    assert.ok(all.steps.length > 10)
    for (const step of all.steps.keys())
      for (const moment of MOMENTS) {
        const at = join(place.path, `${step}-${moment}`)
        const stop = (): Promise<never> => Promise.reject(new Error('stopped'))
        await assert.rejects(small(at, stoppingDisk(REAL_DISK, place.path, { step, moment, stop }).disk), /stopped/)
        const named = existsSync(at) ? readdirSync(at) : []
        if (named.includes(NAME)) assert.deepEqual(readdirSync(join(at, NAME)).sort(), ['bagit.txt', 'data'])
        if (named.includes(`${NAME}.zip`)) assert.deepEqual(readFileSync(join(at, `${NAME}.zip`)), zip)
        else if (!named.includes(NAME)) {
          await small(at, REAL_DISK)
          assert.deepEqual(readdirSync(at).sort(), [NAME, `${NAME}.zip`])
        }
      }
  })
})

describe('the zip of a bag', () => {
  it('has the same bytes each time, and says their digest', async () => {
    using place = folder()
    using other = folder()
    const first = await zipBag(await fill(place.path), place.path, REAL_DISK)
    const before = process.env['TZ']
    process.env['TZ'] = 'Asia/Almaty'
    try {
      const second = await zipBag(await fill(other.path), other.path, REAL_DISK)
      assert.equal(first.sha512, second.sha512)
    } finally {
      if (before === undefined) delete process.env['TZ']
      else process.env['TZ'] = before
    }
    const bytes = readFileSync(first.path)
    assert.equal(first.sha512, sha512(bytes))
    assert.equal(first.size, bytes.length)
  })

  it('is read by unzip', { skip: skipWithout('unzip') }, async () => {
    using place = folder()
    const { path } = await zipBag(await fill(place.path), place.path, REAL_DISK)
    assert.match(execFileSync('unzip', ['-t', path], { encoding: 'utf8' }), /No errors detected/)
  })

  it('is read by Python, with the mode of a plain file and no time', { skip: skipWithout('python3') }, async () => {
    using place = folder()
    const bag = await fill(place.path)
    const { path } = await zipBag(bag, place.path, REAL_DISK)
    const script =
      'import hashlib,json,sys,zipfile\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n' +
      'print(json.dumps([[i.filename,i.date_time,i.external_attr,i.compress_type,len(i.extra),' +
      'hashlib.sha512(z.read(i)).hexdigest()] for i in z.infolist()]))'
    const found: unknown = JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }))
    const expected = bag.files
      .map((file) => {
        // Deflated; what is short, or would look like a bomb, is stored.
        const method = file.path.endsWith('.jsonl') ? 8 : 0
        return [`${NAME}/${file.path}`, [1980, 1, 1, 0, 0, 0], 0o100644 * 65_536, method, 0, file.sha512] as const
      })
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
    assert.deepEqual(found, expected)
  })

  it('is what the strict reader takes', async () => {
    using place = folder()
    const bag = await fill(place.path)
    const { path } = await zipBag(bag, place.path, REAL_DISK)
    const bytes = readFileSync(path)
    const read = (offset: number, length: number): Promise<Uint8Array> =>
      Promise.resolve(bytes.subarray(offset, offset + length))
    const { name, problems, source } = await openZip({ size: bytes.length, read }, inflateRaw)
    assert.deepEqual([name, problems], [NAME, []])
    assert.deepEqual([...(source?.files.keys() ?? [])], bag.files.map((file) => file.path).sort())
    for (const file of bag.files)
      assert.equal(sha512((await source?.read(file.path, file.size)) ?? assert.fail()), file.sha512)
    assert.ok(bytes.length < bag.files.reduce((sum, file) => sum + file.size, 0) / 1.2)
  })

  it('of 70,000 members has the records of 64 bits', { skip: skipWithout('python3') }, async () => {
    using place = folder()
    const members = Array.from({ length: 70_000 }, (_, i) => ({ path: `x/${i}`, size: 0, crc32: 0 }))
    const plan = planZip(members)
    const bytes = Buffer.concat([...plan.members.map(zipLocalHeader), plan.end])
    assert.equal(bytes.length, plan.size)
    const path = join(place.path, 'many.zip')
    writeFileSync(path, bytes)
    const script = 'import sys,zipfile\nprint(len(zipfile.ZipFile(sys.argv[1]).infolist()))'
    assert.equal(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }).trim(), '70000')
    const read = (offset: number, length: number): Promise<Uint8Array> =>
      Promise.resolve(bytes.subarray(offset, offset + length))
    const { source, problems } = await openZip({ size: bytes.length, read }, inflateRaw)
    assert.deepEqual([source?.files.size, problems], [70_000, []])
  })

  it('places a member beyond 4 GiB by a field of 64 bits, and takes none that is larger itself', () => {
    const size = 2 ** 31
    const plan = planZip(['a', 'b', 'c'].map((path) => ({ path, size, crc32: 1 })))
    const last = plan.members[2]
    assert.ok(last !== undefined && last.offset > 2 ** 32)
    const view = new DataView(plan.end.buffer)
    const central = 2 * (46 + 1)
    assert.equal(view.getUint32(central + 42, true), 0xffff_ffff)
    assert.equal(view.getBigUint64(central + 47 + 4, true), BigInt(last.offset))
    for (const bad of [2 ** 32, -1, 0.5]) assert.throws(() => planZip([{ path: 'a', size: bad, crc32: 0 }]), InputError)
    assert.throws(() => planZip([1, 1].map(() => ({ path: 'a', size: 0, crc32: 0 }))), InputError)
  })
})
