import { resolve } from 'node:path'
import type { Acting } from '../../casework/case/case-folder.ts'
import { actorSchema } from '../../casework/case/case-form.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { CommandCall } from '../terminal/command.ts'
import { withDefault } from '../terminal/option.ts'

/** The word of every command about one case. */
export const CASE = { DIR: 'Folder of the case.' }

/** Who acts: a function, which is stored in the case. */
export const ACTOR = withDefault('WHO', 'Who acts, as a function and never a name.', 'author', (text, { name }) => {
  if (actorSchema.safeParse(text).success) return text
  throw wrongOption(name, `found "${printable(text)}"`, 'a function of at most 80 letters')
})

/** Which case a command line is about, and who acts now. */
export const caseCall = (
  { actor }: { readonly actor: string },
  { world, words: [place = ''] }: CommandCall,
): { readonly folder: string; readonly acting: Acting } => ({
  folder: resolve(world.cwd, place),
  acting: { actor, now: systemClock.now() },
})
