import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { Fault, InputError } from '../../core/model/errors.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { readBirth, thisMachine } from '../../runtime/files/machine.ts'
import type { World } from '../../runtime/world.ts'
import { parseWarehouseAddress } from '../../store/warehouse/server/address.ts'
import type { ServerPlace } from '../../store/warehouse/server/open-server.ts'

/** File of a data folder that says where its warehouse is, without user and password. */
const PLACE = 'places.json'
/** Says that the warehouse is in the folder again. */
export const EMBEDDED = 'embedded'

const storedPlace = z.object({ folder: z.uuid(), server: z.string().min(1).optional() })
type OwnedPlace = ServerPlace & Required<Pick<ServerPlace, 'owner'>>
type StoredPlace = z.infer<typeof storedPlace>

/** The address that the environment of a command says; undefined where it says nothing. */
export const warehouseSaid = (env: World['env']): string | undefined => {
  const said = env['KUAGER_WAREHOUSE']
  return said === undefined || said === '' ? undefined : said
}

/**
 * Where the warehouse of a folder is: on the server that the environment names, else in the folder. The folder remembers
 * its server: throws InputError where it has one and the environment names none, so that no second warehouse is begun by
 * mistake.
 */
export async function warehousePlace(folder: string, env: World['env']): Promise<OwnedPlace | undefined> {
  const said = warehouseSaid(env)
  const stored = await readPlace(folder)
  if (said === undefined && stored?.server !== undefined) throw forgotten(folder, stored.server)
  if (said === undefined) return undefined
  if (said === EMBEDDED) {
    if (stored?.server !== undefined) await writePlace(folder, { folder: stored.folder })
    return undefined
  }
  const address = parseWarehouseAddress(said)
  const now = { folder: stored?.folder ?? randomUUID(), server: address.shown }
  if (stored?.server !== now.server) await writePlace(folder, now)
  return { address, owner: { folder: now.folder, holder: await holderOf(folder, env) } }
}

async function readPlace(folder: string): Promise<StoredPlace | undefined> {
  const path = join(folder, PLACE)
  try {
    const bytes = await readWhole(path)
    return bytes === undefined ? undefined : storedPlace.parse(JSON.parse(bytes.toString('utf8')))
  } catch (error) {
    throw new Fault(`Cannot read "${path}", which says where the warehouse is`, { cause: error })
  }
}

/** Server that has the warehouse of a folder, as the folder remembers; undefined where it is in the folder itself. */
export const rememberedServer = async (folder: string): Promise<string | undefined> => (await readPlace(folder))?.server

const writePlace = (folder: string, place: StoredPlace): Promise<void> =>
  writeDurable(join(folder, PLACE), new TextEncoder().encode(`${JSON.stringify(place, null, 2)}\n`))

/** Machine, place and birth: two copies of a folder differ in it, one folder has it after every start. */
async function holderOf(folder: string, env: World['env']): Promise<string> {
  const { born, number } = await readBirth(folder)
  const parts = [thisMachine(env).id ?? '', folder, born ?? number]
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32)
}

const forgotten = (folder: string, server: string): InputError =>
  new InputError(
    `Cannot open the warehouse of folder "${folder}": it is on ${server}, and neither KUAGER_WAREHOUSE nor --warehouse says so`,
    {
      code: 'warehouse.forgotten',
      path: 'KUAGER_WAREHOUSE',
      expected: `its address with user and password, or "${EMBEDDED}" to make one in the folder again`,
    },
  )
