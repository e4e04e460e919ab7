// Verifying a bundle of about ten thousand measurements, as `kuager verify` does, without and with judging them again.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../../src/cli/main.ts'
import { openBundle } from '../../src/app/proof/open-bundle.ts'
import { BUNDLE_TOOLS, deriveInNode } from '../../src/app/proof/bundle-tools.ts'
import { verifyBundle } from '../../src/core/evidence/verify/verify-bundle.ts'
import { systemClock } from '../../src/runtime/clock.ts'

export interface VerifyFigures {
  readonly measurements: number
  readonly files: number
  /** Bytes of the zip, in millions. */
  readonly megabytes: number
  /** Seconds for the zip, and for the folder, without judging again. */
  readonly verify_s: number
  readonly verify_folder_s: number
  /** Seconds for the zip with everything judged and derived again. */
  readonly verify_rejudged_s: number
  /** Resident memory at its highest while all of it ran, in MiB. */
  readonly peak_mib: number
}

const SIZE = ['--since', '2026-10-01', '--days', '8', '--networks', '2', '--probes', '6', '--interval', '15']
const STORY = ['--story', 'article-evening', '--pairs', '--services', 'youtube,wikipedia']

/** Makes a simulated folder, a bundle of its incident as zip and as folder, and verifies both. */
export async function measureVerify(signal: AbortSignal): Promise<VerifyFigures> {
  const cwd = await mkdtemp(join(tmpdir(), 'kuager-bench-verify-'))
  try {
    const run = commandsIn(cwd, signal)
    await run('simulate', '--out', 'made', ...SIZE, ...STORY)
    await run('import', 'made/measurements')
    await run('detect')
    const { id } = JSON.parse((await run('incidents', '--json')).split('\n')[0] ?? '{}') as { readonly id: string }
    await run('bundle', '--incident', id, '--out', 'zip', '--zip')
    await run('bundle', '--incident', id, '--out', 'folder')
    const zip = await only(join(cwd, 'zip'))
    const plain = await timed(zip, false, signal)
    const folder = await timed(await only(join(cwd, 'folder')), false, signal)
    const judged = await timed(zip, true, signal)
    return {
      measurements: judged.measurements,
      files: judged.files,
      megabytes: judged.bytes / 1e6,
      verify_s: plain.seconds,
      verify_folder_s: folder.seconds,
      verify_rejudged_s: judged.seconds,
      peak_mib: process.resourceUsage().maxRSS / 1024,
    }
  } finally {
    await rm(cwd, { recursive: true, force: true })
  }
}

const only = async (folder: string): Promise<string> => join(folder, (await readdir(folder))[0] ?? '')

function commandsIn(cwd: string, signal: AbortSignal): (...args: readonly string[]) => Promise<string> {
  return async (...args) => {
    let out = ''
    const stream = { write: (text: string) => (out += text) }
    const world = {
      ...{ out: stream, err: stream, cwd, signal, runCommand },
      terminal: false,
      env: { KUAGER_FOLDER: join(cwd, 'data') },
    }
    if ((await runCommand(args, world)) !== 0) throw new Error(`kuager ${args.join(' ')}: ${out}`)
    return out
  }
}

async function timed(
  path: string,
  judge: boolean,
  signal: AbortSignal,
): Promise<{
  readonly seconds: number
  readonly measurements: number
  readonly files: number
  readonly bytes: number
}> {
  const start = performance.now()
  await using opened = await openBundle(path, '/', signal)
  const checked = await verifyBundle(opened, {
    ...BUNDLE_TOOLS,
    now: systemClock.now(),
    trusted: [],
    signal,
    ...(judge ? { derive: deriveInNode } : {}),
  })
  const seconds = (performance.now() - start) / 1000
  if (!checked.sound) throw new Error(`A sound bundle was found wanting: ${JSON.stringify(checked.steps)}`)
  const value = (step: string, name: string): number => {
    const values: Readonly<Record<string, string | number>> =
      checked.steps.find((one) => one.step === step)?.facts[0]?.values ?? {}
    return Number(values[name] ?? 0)
  }
  return {
    seconds,
    measurements: value('description', 'measurements'),
    files: value('container', 'files'),
    bytes: value('container', 'bytes'),
  }
}
