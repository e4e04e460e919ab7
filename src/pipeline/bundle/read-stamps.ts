import { barePolicy } from '../../core/evidence/witness/policy.ts'
import { loadAuthorities } from '../log/outside/authorities.ts'
import { listStamps, readStamped } from '../log/outside/stamp-files.ts'
import { loadPolicy } from '../log/outside/witnesses.ts'
import { tellingStamps, type BundledStamp } from './write-log.ts'

/**
 * Stamps kept next to a log that say most of leaves up to `last`, over trees that the bundle's checkpoint continues
 * from. One of an authority whose chain is no longer configured cannot be verified by a third party and is left out.
 */
export async function readStamps(
  logFolder: string,
  about: { readonly last: number; readonly size: number },
): Promise<readonly BundledStamp[]> {
  const chains = new Map((await loadAuthorities(logFolder)).map(({ name, chainPem }) => [name, chainPem]))
  const kept = (await listStamps(logFolder)).flatMap(({ size, authorities }) =>
    authorities.filter((name) => chains.has(name)).map((authority) => ({ size, authority })),
  )
  const read: BundledStamp[] = []
  for (const { size, authority } of tellingStamps(kept, about)) {
    const stamped = await readStamped(logFolder, { size, authorities: [authority] })
    const [stamp] = stamped?.stamps ?? []
    const chain = chains.get(authority)
    if (stamped === undefined || stamp === undefined || chain === undefined) continue
    read.push({ size, authority, chain, query: stamp.query, reply: stamp.reply, checkpoint: stamped.checkpoint })
  }
  return read
}

/**
 * The policy of witnesses that the observatory demands of itself, without the comments and addresses of its operator;
 * undefined where there is none. Throws InputError where it does not read.
 */
export async function readPolicyText(logFolder: string): Promise<string | undefined> {
  const loaded = await loadPolicy(logFolder)
  return loaded === undefined ? undefined : barePolicy(new TextDecoder().decode(loaded.bytes))
}
