import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the commands of `VERIFY.md` printed in one bundle. */
export interface CheckedByHand {
  /** Steps that held, such as `1a`, in order; of stamps one for each. */
  readonly ok: readonly string[]
  readonly out: string
}

/** Blocks of commands of `data/VERIFY.md` of a bundle, as a reader pastes them one after another. */
export function commandsOf(bag: string): readonly string[] {
  const text = readFileSync(join(bag, 'data/VERIFY.md'), 'utf8')
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block)
}

/** Pastes every block of commands into one shell in the folder of a bundle. */
export function checkByHand(bag: string, commands: readonly string[] = commandsOf(bag)): Promise<CheckedByHand> {
  return new Promise((resolve) => {
    const options = { cwd: bag, encoding: 'utf8', env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' } } as const
    execFile('sh', ['-c', commands.join('\n')], { ...options, maxBuffer: 10_000_000 }, (_, out, err) =>
      resolve({ ok: [...out.matchAll(/^ok: (\w+)/gm)].map(([, step = '']) => step), out: `${out}${err}` }),
    )
  })
}

const TAG_MANIFEST = 'tagmanifest-sha512.txt'
const MANIFEST = 'manifest-sha512.txt'

/** Makes the lists of a bag anew over the files that lie in it now, as a forger would. */
export function listAnew(bag: string): void {
  const all = readdirSync(bag, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(bag.length + 1))
    .sort()
  const list = (paths: readonly string[]): string =>
    paths
      .map(
        (path) =>
          `${createHash('sha512')
            .update(readFileSync(join(bag, path)))
            .digest('hex')}  ${path}\n`,
      )
      .join('')
  writeFileSync(join(bag, MANIFEST), list(all.filter((path) => path.startsWith('data/'))))
  const tags = [...new Set([...all, MANIFEST])].sort()
  writeFileSync(
    join(bag, TAG_MANIFEST),
    list(tags.filter((path) => !path.startsWith('data/') && path !== TAG_MANIFEST)),
  )
}
