// The way from the program before this one and back, with that program itself: `npm test -- beyond upgrade`. Needs a
// checkout with its history.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { FORMER } from '../../src/app/upgrade/formats.ts'
import { ROOT } from '../house/sources.ts'
import { isChosen } from './words.ts'

/** The last commit of version 0.1.0. */
const COMMIT = '737bafba6fbacd0d37b3e4ea1fa1195fd67cb3ab'
const hasHistory = spawnSync('git', ['cat-file', '-e', COMMIT], { cwd: ROOT }).status === 0
const why = hasHistory ? false : `needs the history with ${COMMIT}`
const skip = isChosen('upgrade') ? why : 'other words were given'

describe(`a folder of ${FORMER.program}`, { skip }, () => {
  const work = mkdtempSync(join(tmpdir(), 'kuager-former-'))
  after(() => rmSync(work, { recursive: true, force: true }))
  const former = join(work, 'former')
  const runIn = (root: string, ...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin/kuager.js'), ...args], {
      ...{ cwd: work, encoding: 'utf8' },
    })
    assert.equal(status, 0, `kuager ${args.join(' ')}: ${stdout}${stderr}`)
    return stdout
  }
  const before = (...args: readonly string[]): string => runIn(former, ...args, '--folder', 'data')
  const now = (...args: readonly string[]): string => runIn(ROOT, ...args, '--folder', 'data')
  const simulate = (name: string, seed: string): void => {
    const story = ['--story', 'article-evening', '--services', 'telegram,youtube', '--networks', '1', '--probes', '3']
    const time = ['--days', '2', '--since', '2026-11-10', '--interval', '30']
    runIn(former, 'simulate', '--out', name, '--seed', seed, ...story, ...time)
  }
  const idsIn = (text: string): readonly string[] => [...new Set(text.match(/[a-z]+-as\d+-\d{8}T\d{4}Z/g))].sort()
  const sizeOf = (text: string): number => Number(/^Leaves: +(\d+)/m.exec(text)?.[1])

  it('is used by this program, then by that one, and by this one again; nothing is lost and the log only grows', () => {
    mkdirSync(former)
    execFileSync('sh', ['-c', 'git archive "$0" | tar -x -C "$1"', COMMIT, former], { cwd: ROOT })
    symlinkSync(join(ROOT, 'node_modules'), join(former, 'node_modules'))
    assert.equal(runIn(former, '--version').trim(), FORMER.program)
    for (const seed of ['1', '2', '3']) simulate(`part-${seed}`, seed)

    before('import', 'part-1/measurements')
    before('detect')
    before('log', 'sequence')
    const first = idsIn(before('incidents'))
    assert.ok(first.length > 0)
    const sizes = [sizeOf(before('log', 'status'))]

    assert.match(now('upgrade', '--check'), /The way back to 0\.1\.0 is open/)
    now('upgrade')
    now('import', 'part-2/measurements')
    now('detect')
    now('log', 'sequence')
    const second = idsIn(now('incidents'))
    for (const id of first) assert.ok(second.includes(id), id)
    sizes.push(sizeOf(now('log', 'status')))

    now('upgrade', '--back')
    assert.deepEqual(idsIn(before('incidents')), second)
    assert.match(before('archive', 'verify'), /corrupt 0/)
    before('import', 'part-3/measurements')
    before('detect')
    before('log', 'sequence')
    sizes.push(sizeOf(before('log', 'status')))

    assert.match(now('archive', 'verify'), /corrupt 0/)
    now('detect')
    now('log', 'sequence')
    sizes.push(sizeOf(now('log', 'status')))
    for (const id of second) assert.ok(idsIn(now('incidents')).includes(id), id)
    assert.deepEqual(
      sizes,
      [...sizes].sort((a, b) => a - b),
      'the log only grows',
    )
  })
})
