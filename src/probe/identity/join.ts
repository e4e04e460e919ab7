import { join } from 'node:path'
import type { JoinLink } from '../../core/model/people/join-link.ts'
import { REAL_DISK, isMissing } from '../../runtime/files/disk.ts'
import { loadSettings, saveSettings, type ProbeSettings } from '../plan/settings.ts'
import { Introduction } from './introduction.ts'
import { ProbeKeys } from './keys.ts'

/** An observatory as it was joined. */
export type Joined = NonNullable<ProbeSettings['joined']>

/**
 * `refused`: an earlier link was of another observatory (`other`), of this one with another key (`key`), or of this key
 * without some of the addresses (`moved`).
 */
export type Joining =
  | { readonly kind: 'joined' }
  | { readonly kind: 'refused'; readonly why: 'other' | 'key'; readonly before: Joined }
  | { readonly kind: 'refused'; readonly why: 'moved'; readonly before: Joined; readonly added: readonly string[] }

/**
 * Keeps what a link carries in the folder of a probe: collectors, helpers, invitation, and the key of the observatory.
 * Nothing is measured, sent or agreed to. Unless `replace` is set, a link with another key is refused, and one with this
 * key that leads to addresses which no earlier link had: the key is public, and no signature ties addresses to it. With
 * another key, keys and invitation of before go, so that the new observatory cannot tell that they were of one person.
 */
export async function joinObservatory(
  folder: string,
  link: JoinLink,
  { replace }: { readonly replace: boolean },
): Promise<Joining> {
  const { joined: before, ...kept } = await loadSettings(folder)
  const refused = before === undefined ? undefined : whyRefused(before, kept, link)
  if (refused !== undefined && !replace) return refused
  const keys = new ProbeKeys(folder)
  const introduction = new Introduction(folder, keys)
  if (refused?.why === 'other' || refused?.why === 'key') await forgetIntroductions(folder, keys, introduction)
  const { observatory, key, collectors, controls } = link
  const joined = { observatory, key }
  await saveSettings(folder, { ...kept, collector: [...collectors], control: [...controls], joined })
  // Last: a stop before this must not leave an invitation that would be shown to the observatory of before.
  if (link.invitation !== undefined) await introduction.invite(link.invitation)
  return { kind: 'joined' }
}

/** What a link changes that its owner has to confirm. */
function whyRefused(
  before: Joined,
  { collector = [], control = [] }: ProbeSettings,
  { key, observatory, collectors, controls }: JoinLink,
): Exclude<Joining, { kind: 'joined' }> | undefined {
  if (before.key !== key) return { kind: 'refused', why: before.observatory === observatory ? 'key' : 'other', before }
  const known = [before.observatory, ...collector, ...control]
  const added = [observatory, ...collectors, ...controls].filter((one) => !known.includes(one))
  return added.length === 0 ? undefined : { kind: 'refused', why: 'moved', before, added }
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
