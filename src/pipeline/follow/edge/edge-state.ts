import { hash } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { decodeBase64, encodeBase64 } from '../../../core/evidence/base64.ts'
import { TreeEdge } from '../../../core/evidence/log/tree-edge.ts'
import { Fault } from '../../../core/model/errors.ts'
import { sha256 } from '../../../runtime/ed25519.ts'
import { isMissing, REAL_DISK } from '../../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../../runtime/files/durable-file.ts'
import { FIRST_PLACE } from '../../../store/archive/stream/find-extent.ts'

const amount = z.number().int().nonnegative()
const placeSchema = z.strictObject({ leaf: amount, segment: amount, offset: amount, leavesOffset: amount })

const stateSchema = z.strictObject({
  v: z.literal(1),
  /** Name of the edge's log, which is who it is. */
  origin: z.string(),
  /** Address under which it was found last, without secrets. */
  address: z.string(),
  /** Keys of its log that are trusted: the first, and those that its log named as their followers. */
  keys: z.array(z.string()).min(1),
  /** Everything before this place is in the archive, or is not taken. */
  place: placeSchema,
  /** Right edge of the tree of the leaves before that place: what is read next is compared with all of it. */
  tree: z.array(z.array(z.string())),
  /** Leaves of the newest checkpoint that was read. */
  size: amount,
  counts: z.strictObject({
    added: amount,
    known: amount,
    barred: amount,
    erased: amount,
    refused: amount,
    foreign: amount,
    entries: amount,
  }),
  /** Time of receipt of the last measurement that was taken; milliseconds since 1970. */
  newest: amount.optional(),
  /** The edge answered last with a checkpoint that holds. */
  answered: amount.optional(),
  /** A leaf that could not be read, since when, and why. */
  stuck: z.strictObject({ leaf: amount, since: amount, why: z.string() }).optional(),
  /**
   * Leaves that were passed over since they could not be read for too long, with their SHA-256; read again from time to
   * time.
   */
  missed: z.array(z.strictObject({ place: placeSchema, leaf: z.string(), why: z.string() })),
  /** Erasures of the edge that are not done here yet. */
  erasures: z.array(z.strictObject({ leaf: amount, reason: z.string() })),
  /** When erasures of the edge were done here, of the last day. */
  erased: z.array(amount),
})
export type EdgeState = z.infer<typeof stateSchema>

/** Mark of an edge in the origin of what it received: `e` and eight hexadecimal digits, by the first key of its log. */
export const edgeMark = ({ keys: [first = ''] }: Pick<EdgeState, 'keys'>): string =>
  `e${hash('sha256', `kuager-edge\n${first}`).slice(0, 8)}`

/** The state of an edge that was never followed. */
export const newEdgeState = (
  origin: string,
  { address, keys }: { readonly address: string; readonly keys: readonly string[] },
): EdgeState => ({
  ...{ v: 1, origin, address },
  keys: [...keys],
  place: { ...FIRST_PLACE },
  tree: [],
  size: 0,
  counts: { added: 0, known: 0, barred: 0, erased: 0, refused: 0, foreign: 0, entries: 0 },
  missed: [],
  erasures: [],
  erased: [],
})

/** The tree of the leaves that were read so far. */
export const treeOf = (state: EdgeState): TreeEdge =>
  new TreeEdge(
    sha256,
    state.place.leaf,
    state.tree.map((level) => level.map((text) => decodeBase64(text) ?? new Uint8Array())),
  )

/** A tree as a state holds it. */
export const encodeTree = (tree: TreeEdge): string[][] => tree.levels.map((level) => level.map(encodeBase64))

const folderOf = (data: string): string => join(data, 'follow')

/** File of the place of each leaf of an edge in this archive. */
export const leafMapPath = (data: string, state: EdgeState): string =>
  join(folderOf(data), `edge-${edgeMark(state)}.leaves`)

async function loadState(path: string): Promise<EdgeState | undefined> {
  const bytes = await readWhole(path)
  if (bytes === undefined) return undefined
  try {
    return stateSchema.parse(JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    throw new Fault(
      `Cannot read "${path}": not the state of an edge; remove it to follow the edge from its beginning`,
      {
        cause: error,
      },
    )
  }
}

/** Durable when resolved. */
export async function saveEdgeState(data: string, state: EdgeState): Promise<void> {
  await REAL_DISK.makeFolder(folderOf(data))
  await writeDurable(join(folderOf(data), `edge-${edgeMark(state)}.json`), Buffer.from(JSON.stringify(state)))
}

/** States of all edges that were ever followed into a folder. Throws Fault where a file is not ours. */
export async function edgeStates(data: string): Promise<readonly EdgeState[]> {
  const folder = folderOf(data)
  const names = (await namesIn(folder)).filter((name) => /^edge-e[0-9a-f]{8}\.json$/.test(name))
  const states = await Promise.all(names.map((name) => loadState(join(folder, name))))
  return states.filter((state) => state !== undefined)
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await REAL_DISK.list(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}
