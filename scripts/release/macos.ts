import { chmodSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { PAGE_FILES, readPageFile } from '../../src/cli/probe/page/page.ts'
import { ONE_SCRIPT_NAME } from '../../src/runtime/files/package-root.ts'
import { run } from './locked.ts'
import { ROOT, packageJson, type ProbeProgram } from './program.ts'

const SCRIPTS = join(ROOT, 'scripts', 'release', 'macos')
const FOLDER = 'kuager-probe'

/**
 * Writes the archive for macOS, for which the lock file has no Node binary: the probe as one script with its tables, and
 * what starts it with an installed Node, installs and removes it. `time`: Unix seconds, of the commit. The same bytes each time.
 */
export function writeMacArchive({ script }: ProbeProgram, time: number, to: string): void {
  const work = mkdtempSync(join(tmpdir(), 'kuager-mac-'))
  try {
    const put = (path: string, bytes: Uint8Array, mode = 0o644): void => {
      const file = join(work, FOLDER, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, bytes)
      chmodSync(file, mode)
    }
    put(ONE_SCRIPT_NAME, script)
    put('package.json', packageJson())
    for (const file of globSync('data/*.json', { cwd: ROOT })) put(file, readFileSync(join(ROOT, file)))
    for (const file of Object.values(PAGE_FILES)) put(file.from, readPageFile(file))
    for (const name of readdirSync(SCRIPTS))
      put(name, readFileSync(join(SCRIPTS, name)), name.endsWith('.txt') ? 0o644 : 0o755)
    for (const folder of globSync(`${FOLDER}/**/`, { cwd: work })) chmodSync(join(work, folder), 0o755)
    const archive = join(work, 'archive.tar')
    const order = ['--sort=name', '--format=ustar', '--owner=0', '--group=0', '--numeric-owner', `--mtime=@${time}`]
    run('tar', ['--create', `--file=${archive}`, ...order, `--directory=${work}`, FOLDER])
    writeFileSync(to, gzipSync(readFileSync(archive), { level: 9 }))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
