// What Kuager takes of a computer: a volunteer's installation, and the demonstration from `npm start` on.
import { execFile } from 'node:child_process'
import { cp, lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PACKAGE_ROOT } from '../src/runtime/files/package-root.ts'
import { startDemo, type Start } from './install/start.ts'
import type { Bench, Figure } from './run.ts'

const run = promisify(execFile)
/** What the project asks for: megabytes of 10^6 bytes, and seconds. */
const TARGETS = { packages: 60, says: 5, first: 180, second: 10, peak: 1000, disk: 500 } as const
/** What is next to node_modules in what is published, with the sources in place of the build. */
const PARTS = ['package.json', 'package-lock.json', 'bin', 'src', 'data', 'lab/history', 'tsconfig.json']
const LIMIT_MS = 240_000
const SECOND_STARTS = 3
const DAYS = { whole: 30, quick: 2 } as const

/** Bytes of a block as `stat` counts them. */
const BLOCK = 512

/** Megabytes that all files below a folder take on disk; links are not followed. */
async function megabytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = await Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => lstat(join(entry.parentPath, entry.name))),
  )
  return (sizes.reduce((sum, { blocks }) => sum + blocks, 0) * BLOCK) / 1e6
}

/** Size of an installation without optional and development packages, in which the probe runs. */
async function installSmall(folder: string): Promise<number> {
  for (const part of PARTS) await cp(join(PACKAGE_ROOT, part), join(folder, part), { recursive: true })
  const flags = ['--omit=dev', '--omit=optional', '--ignore-scripts', '--no-fund', '--no-audit']
  await run('npm', ['ci', ...flags], { cwd: folder, timeout: LIMIT_MS })
  const probe = ['bin/kuager.js', 'probe', 'status', '--folder', join(folder, 'state'), '--lang', 'en']
  const { stdout } = await run(process.execPath, probe, { cwd: folder, timeout: LIMIT_MS })
  if (stdout.trim() === '') throw new Error('The probe of the small installation says nothing')
  return megabytesBelow(join(folder, 'node_modules'))
}

const below = (figure: string, value: number, target: number): Figure => ({
  figure,
  value,
  target: `< ${target}`,
  met: value < target,
})
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

function figuresOf(first: Start, seconds: readonly Start[], disk: number): readonly Figure[] {
  const of = (name: keyof Start): number => median(seconds.map((one) => one[name]))
  return [
    below('first start: says where it opens, s', first.says, TARGETS.says),
    below('first start: open, s', first.opens, TARGETS.first),
    { figure: 'first start: processor, s', value: first.processor },
    below('first start: peak memory, MB', first.peak, TARGETS.peak),
    below(`second start, median of ${seconds.length}: open, s`, of('opens'), TARGETS.second),
    { figure: 'second start: processor, s', value: of('processor') },
    below('second start: peak memory, MB', Math.max(...seconds.map(({ peak }) => peak)), TARGETS.peak),
    below('data folder on disk, MB', disk, TARGETS.disk),
  ]
}

export const bench: Bench = {
  summary: 'a small installation, and the demonstration: seconds to the first page, memory, disk',
  async run({ quick }) {
    const folder = await mkdtemp(join(tmpdir(), 'kuager-install-'))
    try {
      const packages = await installSmall(join(folder, 'small'))
      const demo = join(folder, 'demo')
      const days = quick ? DAYS.quick : DAYS.whole
      const first = await startDemo(demo, days)
      const seconds: Start[] = []
      while (seconds.length < SECOND_STARTS) seconds.push(await startDemo(demo, days))
      const disk = await megabytesBelow(demo)
      return {
        table: [
          below('packages of a probe, MB', packages, TARGETS.packages),
          { figure: 'the probe starts with them', value: 'yes' },
          ...figuresOf(first, seconds, disk),
        ],
        json: { node_modules_mb: packages, starts: true, days, first, seconds, disk_mb: disk },
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}
