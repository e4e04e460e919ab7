import { existsSync } from 'node:fs'
import { z } from 'zod'
import type { TreeHead } from '../../core/evidence/log/checkpoint.ts'
import { InputError } from '../../core/model/errors.ts'
import { readBounded } from '../../runtime/files/copy-folder.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { writeDurable } from '../../runtime/files/durable-file.ts'
import { printable } from '../../core/text/printable.ts'

const MOST_STATE = 200_000

const stateSchema = z.strictObject({
  format: z.literal('kuager-log-monitor/1'),
  url: z.string().max(2000),
  /** Verifier keys of the log, a line each: those that were trusted, and those that they named as their successors. */
  keys: z.array(z.string().max(500)).min(1).max(100),
  /** Policy of witnesses as the server published it; null where it publishes none. */
  policy: z.string().max(50_000).nullable(),
  /** Newest checkpoint that was verified, as it was served. */
  checkpoint: z.string().max(100_000),
  /** Entries before this one were read. */
  read_until: z.number().int().nonnegative(),
  /** Size of the newest checkpoint that had its quorum, and when that size was seen first; null before any. */
  cosigned: z.strictObject({ size: z.number().int().nonnegative(), since_utc: z.iso.datetime() }).nullable(),
})

/** What a monitor keeps of a log: a few KB. */
export type MonitorState = z.infer<typeof stateSchema>

/** What was kept; undefined before the first look. Throws InputError for a file that is none of this. */
export async function readMonitorState(path: string): Promise<MonitorState | undefined> {
  const bytes = await readBounded(path, MOST_STATE)
  if (bytes === undefined) return undefined
  try {
    return stateSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    throw new InputError(`Cannot read "${printable(path)}": it is not a state of the monitor`, {
      code: 'monitor.state',
      path: '--state',
      expected:
        'the file that an earlier "kuager log monitor" wrote. If it is damaged, keep it, and begin with another name',
    })
  }
}

const stateText = (state: MonitorState): Buffer => Buffer.from(`${JSON.stringify(state, undefined, 2)}\n`)

/** Whether a state can be read again: a server must not make one that ends the watch. */
export const fitsState = (state: MonitorState): boolean =>
  stateSchema.safeParse(state).success && stateText(state).length <= MOST_STATE

/** Keeps a state, durable. */
export const writeMonitorState = (path: string, state: MonitorState): Promise<void> =>
  writeDurable(path, stateText(state))

/** Two signed checkpoints of one log that do not agree: where no tree holds both, they show the fork to anyone. */
export interface Fork {
  readonly kept: string
  readonly served: string
  readonly name: string
}

type Signed = readonly [head: TreeHead, note: string]

/**
 * Two checkpoints as evidence. Its name follows from both roots and not from the sizes alone: a server that first serves
 * an old checkpoint of its true history must not thereby take the name of a forged one of that size.
 */
export function nameFork([kept, keptNote]: Signed, [served, servedNote]: Signed): Fork {
  const roots = Buffer.from(sha256(Buffer.concat([kept.root, served.root]))).toString('hex')
  return { kept: keptNote, served: servedNote, name: `${kept.size}-${served.size}-${roots.slice(0, 16)}` }
}

/** Writes the evidence of a fork next to the state, once and durable; gives the path. */
export async function keepFork(state: string, fork: Fork, about: { readonly url: string }): Promise<string> {
  const path = `${state}.fork-${fork.name}.json`
  const { kept, served } = fork
  const text = `${JSON.stringify({ format: 'kuager-log-fork/1', ...about, kept, served }, undefined, 2)}\n`
  if (!existsSync(path)) await writeDurable(path, Buffer.from(text))
  return path
}
