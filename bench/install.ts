// What a volunteer's computer carries: an installation without optional and development packages, and that it runs.
import { execFile } from 'node:child_process'
import { cp, lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PACKAGE_ROOT } from '../src/runtime/files/package-root.ts'
import type { Bench } from './run.ts'

const run = promisify(execFile)
/** What the project asks for, in megabytes of 10^6 bytes. */
const TARGET_MB = 60
/** What stands beside node_modules in what is published, with the sources in place of the build. */
const PARTS = ['package.json', 'package-lock.json', 'bin', 'src', 'data', 'lab/history', 'tsconfig.json']
const LIMIT_MS = 240_000

/** Bytes of a block as `stat` counts them. */
const BLOCK = 512

/** Bytes that all files below a folder take on disk; links are not followed. */
async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = await Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => lstat(join(entry.parentPath, entry.name))),
  )
  return sizes.reduce((sum, { blocks }) => sum + blocks * BLOCK, 0)
}

export const bench: Bench = {
  summary: 'an installation without optional packages: its size, and whether the probe runs in it',
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'kuager-install-'))
    try {
      for (const part of PARTS) await cp(join(PACKAGE_ROOT, part), join(folder, part), { recursive: true })
      const flags = ['--omit=dev', '--omit=optional', '--ignore-scripts', '--no-fund', '--no-audit']
      await run('npm', ['ci', ...flags], { cwd: folder, timeout: LIMIT_MS })
      const mb = Math.round((await bytesBelow(join(folder, 'node_modules'))) / 1e5) / 10
      const state = join(folder, 'state')
      const probe = ['bin/kuager.js', 'probe', 'status', '--folder', state, '--lang', 'en']
      const { stdout } = await run(process.execPath, probe, { cwd: folder, timeout: LIMIT_MS })
      if (stdout.trim() === '') throw new Error('The probe of the small installation says nothing')
      return {
        table: [
          { figure: 'node_modules, MB', value: mb, target: `< ${TARGET_MB}`, met: mb < TARGET_MB },
          { figure: 'the probe starts in it', value: 'yes' },
        ],
        json: { node_modules_mb: mb, starts: true },
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}
