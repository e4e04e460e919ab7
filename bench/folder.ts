// A large data folder: how long a start takes, how much memory and disk, and how fast its warehouse is made again.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillFolder } from './folder/fill.ts'
import { measureStart, type LargeFolder } from './folder/start.ts'
import { measureRebuild } from './folder/rebuild.ts'
import type { Bench, Figure } from './run.ts'

const MILLIONS = [1, 20, 100] as const
/** What the project asks for. */
const TARGETS = { start_s_20m: 5, start_s_100m: 10, memory_mb_100m: 1500, rebuild_per_s: 5000 } as const
/** Milliseconds over 100 million. */
const QUESTIONS = { narrow: 50, matrix: 250 } as const
/** Bytes of a made measurement on the disk, some 270, with space for merges of the warehouse. */
const BYTES_EACH = 400
/** So many that the start of the process and of its threads, some three seconds, counts little. */
const REBUILT = { quick: 2000, whole: 60_000 } as const

/** Measures one size; undefined where the disk has no space for it. A folder that is kept is filled once. */
async function measureSize(root: string, millions: number, isKept: boolean): Promise<LargeFolder | undefined> {
  const folder = join(root, `${millions}`)
  const note = join(folder, 'filled')
  if (!existsSync(note)) {
    const { bavail, bsize } = await statfs(root)
    if (bavail * bsize < millions * 1e6 * BYTES_EACH) return undefined
    mkdirSync(folder, { recursive: true })
    await fillFolder(folder, millions * 1e6)
    writeFileSync(note, '')
  }
  try {
    return await measureStart(folder, millions * 1e6)
  } finally {
    if (!isKept) await rm(folder, { recursive: true })
  }
}

function figuresOf(millions: number, found: LargeFolder): readonly Figure[] {
  const of = (what: string): string => `${millions} million: ${what}`
  const most = millions === 20 ? TARGETS.start_s_20m : millions === 100 ? TARGETS.start_s_100m : undefined
  const { startSeconds } = found
  const asked = (what: string, value: number, most: number): Figure => ({
    figure: of(what),
    value,
    ...(millions === 100 ? { target: `< ${most}`, met: value < most } : {}),
  })
  return [
    { figure: of('first start, which sorts ids, to the first page, s'), value: found.firstStartSeconds },
    {
      figure: of('start to the first page, s'),
      value: startSeconds,
      ...(most === undefined ? {} : { target: `≤ ${most}`, met: startSeconds <= most }),
    },
    { figure: of('processor time of that start, s'), value: found.startCpuSeconds },
    { figure: of('memory at the first page, MB'), value: found.pageMb },
    { figure: of('peak memory in the half minute after it, MB'), value: found.peakMb },
    { figure: of('memory for look-ups of ids, MB'), value: found.lookUpMb },
    { figure: of('look-up of a new id, µs'), value: found.newMicros },
    { figure: of('look-up of an old id, µs'), value: found.knownMicros },
    { figure: of('disk, MB'), value: found.diskMb },
    asked(`series, 30 days, about ${found.asked.points} points, median ms`, found.asked.narrowMs, QUESTIONS.narrow),
    asked(`matrix, 7 days, ${found.asked.cells} cells, median ms`, found.asked.matrixMs, QUESTIONS.matrix),
    { figure: of('matrix, 30 days, median ms'), value: found.asked.monthMs },
  ]
}

export const bench: Bench = {
  summary: 'start, memory and disk of folders of 1, 20 and 100 million measurements; rebuilding',
  parts: [...MILLIONS.map(String), 'rebuild'],
  async run({ quick, part }) {
    const kept = process.env['KUAGER_BENCH_FOLDER']
    const root = kept ?? (await mkdtemp(join(tmpdir(), 'kuager-bench-folder-')))
    try {
      const table: Figure[] = []
      const found = new Map<number, LargeFolder>()
      for (const millions of MILLIONS) {
        if (part === undefined ? quick && millions > 1 : part !== String(millions)) continue
        const one = await measureSize(root, millions, kept !== undefined)
        if (one === undefined) table.push({ figure: `${millions} million`, value: 'not run: no space on the disk' })
        else {
          found.set(millions, one)
          table.push(...figuresOf(millions, one))
        }
      }
      const rebuilt =
        part === undefined || part === 'rebuild'
          ? await measureRebuild(quick ? REBUILT.quick : REBUILT.whole)
          : undefined
      if (rebuilt !== undefined)
        table.push(
          {
            figure: 'rebuilt per second, the whole command',
            value: rebuilt.perSecond,
            target: `≥ ${TARGETS.rebuild_per_s}`,
            met: rebuilt.perSecond >= TARGETS.rebuild_per_s,
          },
          { figure: 'processor time of it for each, µs', value: rebuilt.cpuMicros },
        )
      const hundred = found.get(100)
      return {
        table,
        // null: not run
        json: {
          start_s_20m: found.get(20)?.startSeconds ?? null,
          start_s_100m: hundred?.startSeconds ?? null,
          memory_mb_100m: hundred === undefined ? null : Math.round(hundred.peakMb + hundred.lookUpMb),
          rebuild_per_s: rebuilt?.perSecond ?? null,
        },
      }
    } finally {
      if (kept === undefined) await rm(root, { recursive: true, force: true })
    }
  },
}
