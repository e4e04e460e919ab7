import { join } from 'node:path'
import type { JoinLink } from '../../core/model/people/join-link.ts'
import { REAL_DISK, isMissing } from '../../runtime/files/disk.ts'
import { loadSettings, saveSettings, type ProbeSettings } from '../plan/settings.ts'
import { Introduction } from './introduction.ts'
import { ProbeKeys } from './keys.ts'

/** An observatory as it was joined. */
export type Joined = NonNullable<ProbeSettings['joined']>

/** `refused`: an earlier link was of another observatory, or of this one with another key. */
export type Joining =
  { readonly kind: 'joined' } | { readonly kind: 'refused'; readonly why: 'other' | 'key'; readonly before: Joined }

/**
 * Keeps what a link carries in the folder of a probe: collectors, helpers, invitation, and the key of the observatory.
 * Nothing is measured, sent or agreed to. The same key is the same observatory, also at another address. A link with
 * another key is refused unless `replace` is set: then keys and invitation of before go, so that the new observatory
 * cannot tell that they were of one person.
 */
export async function joinObservatory(
  folder: string,
  link: JoinLink,
  { replace }: { readonly replace: boolean },
): Promise<Joining> {
  const { joined: before, ...kept } = await loadSettings(folder)
  const isAnother = before !== undefined && before.key !== link.key
  if (isAnother && !replace)
    return { kind: 'refused', why: before.observatory === link.observatory ? 'key' : 'other', before }
  const keys = new ProbeKeys(folder)
  const introduction = new Introduction(folder, keys)
  if (isAnother) await forgetIntroductions(folder, keys, introduction)
  if (link.invitation !== undefined) await introduction.invite(link.invitation)
  const { observatory, key, collectors, controls } = link
  const joined = { observatory, key }
  await saveSettings(folder, { ...kept, collector: [...collectors], control: [...controls], joined })
  return { kind: 'joined' }
}

async function forgetIntroductions(folder: string, keys: ProbeKeys, introduction: Introduction): Promise<void> {
  await keys.forgetAll()
  await introduction.dropInvitation()
  try {
    await REAL_DISK.remove(join(folder, 'introduced.json'))
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}
