// What a volunteer downloads: size of each file, whether two builds are the same bytes, seconds until the program
// answers, and what its daemon takes while it waits (Linux x64 only).
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PACKAGE_ROOT, packageVersion } from '../src/runtime/files/package-root.ts'
import { idleOf } from './probe/idle.ts'
import type { Bench, Figure } from './run.ts'

const run = promisify(execFile)
const TARGETS = { mb: 130, start_ms: 2000, idle_mb: 90, idle_cpu_share: 0.005 } as const
const STARTS = 9

async function build(out: string, quick: boolean): Promise<void> {
  const script = join(PACKAGE_ROOT, 'scripts', 'release.ts')
  const some = quick ? ['--only', 'linux-x64', '--debian-compression', 'gzip'] : []
  await run(process.execPath, [script, '--out', out, ...some])
}

const sizeOf = async (path: string): Promise<number> => Math.round((await stat(path)).size / 1e5) / 10
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** Milliseconds of a start that loads everything that a status needs, the native QUIC part too. */
async function startOf(program: string, folder: string): Promise<number> {
  const began = performance.now()
  await run(program, ['status', '--json', '--folder', folder])
  return performance.now() - began
}

export const bench: Bench = {
  summary: 'what a volunteer downloads: size, start, two builds compared, and a daemon that waits',
  async run({ quick }) {
    const root = await mkdtemp(join(tmpdir(), 'kuager-bench-release-'))
    try {
      const [one, two] = [join(root, 'one'), join(root, 'two')]
      await build(one, quick)
      await build(two, quick)
      const sums = await readFile(join(one, 'SHA256SUMS'), 'utf8')
      const reproducible = sums === (await readFile(join(two, 'SHA256SUMS'), 'utf8'))
      const program = join(one, 'kuager-probe-linux-x64')
      const starts: number[] = []
      for (let i = 0; i < STARTS; i++) starts.push(await startOf(program, join(root, 'state')))
      const idle = await idleOf([program], join(root, 'idle'), quick ? 20 : 300)
      const linux = await sizeOf(program)
      const windows = quick ? null : await sizeOf(join(one, 'kuager-probe-windows-x64.exe'))
      const debian = await sizeOf(join(one, `kuager-probe_${packageVersion()}_amd64.deb`))
      const start = Math.round(median(starts))
      const below = (figure: string, value: number, target: number): Figure => ({
        ...{ figure, value, target: `< ${target}`, met: value < target },
      })
      const table: readonly Figure[] = [
        below('Linux x64, MB', linux, TARGETS.mb),
        ...(windows === null ? [] : [below('Windows x64, MB', windows, TARGETS.mb)]),
        { figure: `Debian package${quick ? ', gzip' : ''}, MB`, value: debian },
        { figure: 'two builds are the same bytes', value: String(reproducible), target: 'true', met: reproducible },
        below(`start, median of ${STARTS}, ms`, start, TARGETS.start_ms),
        below('daemon that waits: memory, MB', idle.mb, TARGETS.idle_mb),
        below('daemon that waits: share of a core', idle.share, TARGETS.idle_cpu_share),
      ]
      const json = {
        ...{ linux_x64_mb: linux, win_x64_mb: windows, start_ms: start, reproducible, deb_mb: debian },
        ...{ idle_mb: idle.mb, idle_cpu_share: idle.share },
      }
      return { table, json }
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  },
}
