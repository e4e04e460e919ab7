import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasProgram } from '../net/lab-authority.ts'

/** Programs that `VERIFY.md` asks for and this machine lacks. */
export const LACKING_BY_HAND: readonly string[] = ['sha512sum', 'openssl', 'python3', 'awk'].filter(
  (name) => !hasProgram(name),
)

/** Steps of a sound bundle without time stamps, where the reader brings the key. */
export const STEPS_BY_HAND = ['1a', '1b', '1c', '1d', '1e', '2', '3', '4', '5', '6', '7a', '7b', '7c'] as const

/** What the commands of `VERIFY.md` printed in one bundle. */
export interface CheckedByHand {
  /** Steps that held, such as `1a`, in order; of stamps one for each. */
  readonly ok: readonly string[]
  /** Steps that failed, in order. */
  readonly failed: readonly string[]
  /** Sentences on what is wrong. */
  readonly wrong: readonly string[]
  /** The last line. */
  readonly count: string
  /** Status that the script ended with. */
  readonly exit: number
  readonly out: string
}

export interface ByHand {
  /** What the reader pastes as the published key; that of the bundle itself where not said. */
  readonly published?: string
  /** The text that the commands are taken from; that of the bundle itself where not said. */
  readonly how?: string
  readonly shell?: string
}

/** The last line of `keys.txt` of a bundle. */
export const keyOfBag = (bag: string): string =>
  readFileSync(join(bag, 'data/log/keys.txt'), 'utf8').trimEnd().split('\n').at(-1) ?? ''

/** Does what `VERIFY.md` tells a reader to do, by the commands that it gives for it. */
export function checkByHand(bag: string, { published, how, shell = 'sh' }: ByHand = {}): Promise<CheckedByHand> {
  const text = how ?? join(bag, 'data/VERIFY.md')
  const [, run = ''] = /^```console\n(.*?)^```$/ms.exec(readFileSync(text, 'utf8')) ?? []
  const command = run
    .replace('FOLDER', () => quoted(bag))
    .replace("'KEY'", () => quoted(published ?? keyOfBag(bag)))
    .replace('data/VERIFY.md', () => quoted(text))
    .replace('sh "$SCRIPT"', () => `${shell} "$SCRIPT"; EXIT=$?; rm -f "$SCRIPT"; exit $EXIT`)
  return new Promise((resolve) => {
    const options = { encoding: 'utf8', env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' } } as const
    execFile('sh', ['-c', command], { ...options, maxBuffer: 10_000_000, timeout: 120_000 }, (error, out, err) => {
      const steps = (word: string): readonly string[] =>
        [...out.matchAll(new RegExp(`^${word}: (\\w+)`, 'gm'))].map(([, step = '']) => step)
      resolve({
        ok: steps('ok'),
        failed: steps('FAILED'),
        wrong: [...out.matchAll(/^WRONG: (.*)$/gm)].map(([, sentence = '']) => sentence),
        count: out.trimEnd().split('\n').at(-1) ?? '',
        exit: error === null ? 0 : Number(error.code ?? -1),
        out: `${out}${err}`,
      })
    })
  })
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

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
