import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { LeafArchive } from '../../../test/kit/stores/leaf-archive.ts'
import { encodeBase64 } from '../../core/evidence/base64.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { instant } from '../../core/model/units.ts'
import type { PublishedCheckpoint } from './contract.ts'
import { openTransparencyLog } from './open-log.ts'

const GO = '/usr/share/gocode'
const SOURCE = fileURLToPath(new URL('../../../test/kit/go/tlog/main.go', import.meta.url))
const skip =
  hasProgram('go') && existsSync(`${GO}/src/golang.org/x/mod`) ? false : 'needs golang-go and golang-golang-x-mod-dev'
const SIZES = [1, 2, 3, 7, 8, 255, 256, 257, 1000, 70_000] as const

describe("Go's own implementation of notes and trees", { skip }, () => {
  let root = ''
  let program = ''
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-go-tlog-'))
    program = join(root, 'check')
    const env = {
      ...process.env,
      GO111MODULE: 'off',
      GOPATH: GO,
      GOCACHE: join(tmpdir(), 'kuager-go-cache'),
      GOFLAGS: '',
    }
    execFileSync('go', ['build', '-o', program, SOURCE], { env, cwd: root })
  })
  after(() => rm(root, { recursive: true }))

  it('takes checkpoints, tiles, entries, inclusion and consistency of a log of many sizes, and no changed byte', async () => {
    const archive = new LeafArchive()
    await using log = await openTransparencyLog(join(root, 'log'), {
      archive,
      begin: { simulated: false, at: instant(1), address: 'https://kuager.example' },
    })
    const heads: PublishedCheckpoint[] = []
    for (const size of SIZES) {
      archive.growTo(size)
      const head = await log.sequence()
      assert.equal(head?.size, size)
      heads.push(head)
      await writeFile(join(root, `${size}.checkpoint`), head.bytes)
    }
    await writeFile(join(root, 'keys'), log.keys.map(({ key }) => `${formatVerifierKey(key)}\n`).join(''))
    let proofs = 0
    let steps = 0
    for (const head of heads) {
      const leaves = [...new Set([0, Math.floor(head.size / 2), head.size - 1])]
      for (const { leafIndex, proof } of await log.prove(leaves, head)) {
        await writeFile(join(root, `${leafIndex}-${head.size}.tlog-proof`), proof)
        proofs++
      }
      for (const newer of heads.filter(({ size }) => size > head.size)) {
        const hashes = await log.consistency(head.size, newer.size)
        const text = hashes.map((one) => `${encodeBase64(one)}\n`).join('')
        await writeFile(join(root, `${head.size}-${newer.size}.consistency`), text)
        steps++
      }
    }
    const check = (): { readonly status: number | null; readonly said: string } => {
      const { status, stdout } = spawnSync(program, [log.folder, join(root, 'keys'), ...SIZES.map(String)])
      return { status, said: stdout.toString() }
    }
    assert.deepEqual(check(), { status: 0, said: `${SIZES.length} ${SIZES.length * 4} ${proofs} ${steps}\n` })
    for (const file of [
      join(root, '257.checkpoint'),
      join(root, '500-1000.tlog-proof'),
      join(root, '7-1000.consistency'),
      join(log.folder, 'tile/0/273.p/112'),
      join(log.folder, 'tile/1/000'),
    ]) {
      const bytes = await readFile(file)
      const turned = Buffer.from(bytes)
      const at = Math.min(40, turned.length - 10)
      turned[at] = turned[at]! ^ 1 // at is below the length
      await writeFile(file, turned)
      assert.notEqual(check().status, 0, `${file} with a turned bit is taken`)
      await writeFile(file, bytes)
    }
    assert.equal(check().status, 0)
  })
})
